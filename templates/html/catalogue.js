// The table of papers: search, filters, order and paging.

import { startAuthors } from "./authors.js";
import { el, plainText, rich } from "./build.js";
import { FORMATS } from "./export.js";
import { countChoices, narrowed, showState, startFacets, stateOf } from "./facets.js";
import { authorsLine, copyText, marksOf, referenceOf, themeMark } from "./paper-view.js";
import { folded, snippet, termsOf } from "./search.js";

const STEP = 100;

// Returns { apply(state), focus() }; apply returns the papers found. Calls `changed(state)` when the reader changes a filter.
export function startCatalogue(page, root, changed) {
  const filters = root.querySelector(".filters");
  const heads = [...root.querySelectorAll("th[data-sort]")];
  const more = root.querySelector("[data-do=more]");
  const facets = startFacets(page, filters);
  const { form } = facets;
  const view = { state: {}, found: page.order, byAnyone: page.order, rows: STEP };
  heads.forEach(makeButton);
  startAuthors(page, form.author, () => view.byAnyone);
  const chosen = () => ({ ...view.state, ...stateOf(form) });
  const apply = (state) => {
    const { hits, counts, byAnyone } = narrowed(page, facets, state);
    Object.assign(view, { state, byAnyone, rows: STEP, found: ordered(page, hits, state) });
    showState(form, state);
    countChoices(page, facets, counts, state);
    draw();
    return view.found;
  };
  const draw = () => {
    const terms = termsOf(view.state.q ?? "");
    const plain = !terms.length && !view.state.sort;
    const rows = view.found.slice(0, view.rows).flatMap((paper, at, shown) => {
      const first = plain && paper.outside && !shown[at - 1]?.outside;
      return [...(first ? [headRow(page)] : []), rowOf(page, paper, terms)];
    });
    root.querySelector("tbody").replaceChildren(...rows);
    root.querySelector(".left")?.remove();
    more.hidden = view.found.length <= view.rows;
    root.querySelector("[data-tally]").textContent = page.say("tally", { n: view.found.length, all: page.order.length });
    for (const head of heads) head.ariaSort = sortOf(view.state, head.dataset.sort);
  };
  filters.addEventListener("input", () => changed(chosen()));
  root.addEventListener("click", (event) => {
    const head = event.target.closest("th[data-sort]");
    if (head) changed({ ...chosen(), sort: nextSort(view.state, head.dataset.sort) });
    const copy = event.target.closest("[data-do=copy-as]");
    if (copy) copyText(FORMATS[copy.dataset.as](page, view.found), copy, page);
    if (event.target.closest("[data-do=clear]")) {
      changed({});
      form.q.focus();
    }
    if (event.target.closest("[data-do=more]")) {
      view.rows += STEP;
      draw();
    }
  });
  if (root.querySelectorAll("tbody a.title").length < Math.min(STEP, page.order.length)) draw(); // without scripts the page lists some papers of each theme
  return { apply, focus: () => form.q.focus() };
}

function makeButton(head) {
  head.replaceChildren(el("button", { type: "button" }, head.textContent));
}

// In the chosen order, else by score while searching, else by theme.
function ordered(page, hits, { q, sort }) {
  if (q && !sort) hits.sort((a, b) => b.score - a.score || (b.paper.year ?? 0) - (a.paper.year ?? 0));
  const found = hits.map((hit) => hit.paper);
  return sort ? sorted(page, found, sort) : found;
}

function sorted(page, papers, sort) {
  const key = sort.replace(/^-/, "");
  const sign = sort.startsWith("-") ? -1 : 1;
  const collator = new Intl.Collator(page.language, { numeric: true });
  const compare = {
    number: (a, b) => a.number - b.number,
    year: (a, b) => (a.published ?? String(a.year ?? "")).localeCompare(b.published ?? String(b.year ?? "")),
    title: (a, b) => collator.compare(plainText(a.title), plainText(b.title)),
    theme: (a, b) => (a.theme ?? Infinity) - (b.theme ?? Infinity) || 0,
  }[key];
  return compare ? papers.sort((a, b) => sign * compare(a, b) || a.number - b.number) : papers;
}

// The first click sorts years descending and other columns ascending; the third click restores the order by theme.
function nextSort(state, key) {
  const first = key === "year" ? `-${key}` : key;
  const second = key === "year" ? key : `-${key}`;
  return { [first]: second, [second]: "" }[state.sort] ?? first;
}

function sortOf(state, key) {
  return { [key]: "ascending", [`-${key}`]: "descending" }[state.sort] ?? null;
}

function headRow(page) {
  return el("tr.group", {}, el("th", { colspan: 4, scope: "rowgroup", dir: "auto" }, page.say("fits_no_theme")));
}

function rowOf(page, paper, terms) {
  const title = el("a.title", { href: `#p-${paper.id}`, dir: "auto" }, ...rich(paper.title));
  const by = authorsLine(paper, 3);
  return el(
    "tr",
    {},
    el("td.number", {}, el("a", { href: referenceOf(page, paper) }, String(paper.number))),
    el("td", {}, title, by ? el("span.by", { dir: "auto" }, by) : "", hitOf(paper, terms)),
    el("td.year", {}, String(paper.year ?? "–")),
    el("td", {}, themeMark(page, paper, false), ...marksOf(page, paper)),
  );
}

function hitOf(paper, terms) {
  const missing = terms.filter((term) => !folded(plainText(paper.title)).includes(term));
  const hit = missing.length ? snippet((paper.abstract ?? []).map(plainText).join(""), missing) : null;
  return hit ? el("span.hit", { dir: "auto" }, hit[0], el("mark", {}, hit[1]), hit[2]) : "";
}
