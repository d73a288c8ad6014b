// The table of papers: search, filters, order, and as many rows as a reader asks for.

import { el, plainText, rich } from "./build.js";
import { FORMATS } from "./export.js";
import { authorsLine, copyText, marksOf, referenceOf, themeMark } from "./parts.js";
import { fieldsOf, folded, scoreOf, snippet, termsOf } from "./search.js";

const STEP = 100;
// What a paper may be besides a preprint with an abstract; each is also the key of its word.
const STATUS = {
  with_code: (paper) => paper.card?.code,
  published: (paper) => paper.venue || paper.doi,
  reinstated: (paper) => paper.status === "reinstated",
  withdrawn: (paper) => paper.status === "withdrawn",
  editors_note: (paper) => paper.kind === "note",
  no_abstract: (paper) => paper.kind === "none",
};

// Returns { apply(state) }; `changed(state)` is told what the reader chose.
export function startCatalogue(page, root, changed) {
  const filters = root.querySelector(".filters");
  const form = Object.fromEntries([...filters.querySelectorAll("[name]")].map((field) => [field.name, field]));
  const heads = [...root.querySelectorAll("th[data-sort]")];
  const more = root.querySelector("[data-do=more]");
  const view = { state: {}, found: [], rows: STEP, fields: new Map() };
  fillChoices(page, form);
  heads.forEach(makeButton);
  prepare(page, view);
  const chosen = () => ({ ...view.state, q: form.q.value.trim(), theme: form.theme.value, year: form.year.value, unsure: form.unsure?.checked ? "1" : "", status: form.status.value });
  const apply = (state) => {
    view.state = state;
    view.rows = STEP;
    form.q.value = state.q === form.q.value.trim() ? form.q.value : (state.q ?? "");
    form.theme.value = state.theme ?? "";
    form.year.value = state.year ?? "";
    form.status.value = state.status ?? "";
    if (form.unsure) form.unsure.checked = Boolean(state.unsure);
    view.found = findPapers(page, view, state);
    page.onFound?.(view.found);
    draw();
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
  return { apply, focus: () => form.q.focus() };
}

function fillChoices(page, form) {
  const depth = (theme) => (theme.up === undefined || theme.up === null ? 0 : 1 + depth(page.themes[theme.up]));
  const held = themesHeld(page);
  const themes = page.themes.filter((_, at) => held.has(at));
  for (const theme of themes) form.theme.append(el("option", { value: theme.id }, `${"\u2003".repeat(depth(theme))}${theme.name} (${theme.size})`));
  form.theme.closest("label").hidden = themes.length < 2;
  const kinds = Object.keys(STATUS).filter((kind) => page.order.some(STATUS[kind]));
  for (const kind of kinds) form.status.append(el("option", { value: kind }, page.say(kind)));
  form.status.closest("label").hidden = !kinds.length;
  const years = [...new Set(page.order.map((paper) => paper.year).filter(Boolean))].sort((a, b) => b - a);
  for (const year of years) form.year.append(el("option", { value: year }, String(year)));
}

function makeButton(head) {
  head.replaceChildren(el("button", { type: "button" }, head.textContent));
}

// Papers that fit every filter, in the order asked: by hits while searching, by theme otherwise.
function findPapers(page, view, state) {
  const terms = termsOf(state.q ?? "");
  const inside = membersOf(page, state.theme);
  const fits = (paper) =>
    (!inside || inside.has(paper.theme) || (paper.also ?? []).some((at) => inside.has(at))) &&
    (!state.year || String(paper.year) === state.year) &&
    (!state.unsure || paper.unsure) &&
    (!state.status || STATUS[state.status]?.(paper));
  const held = page.order.filter(fits);
  if (!terms.length) return state.sort ? sorted(page, held, state.sort) : held;
  const hits = [];
  for (const paper of held) {
    const score = scoreOf(fieldsFor(view, paper), terms);
    if (score) hits.push({ paper, score });
  }
  if (!state.sort) hits.sort((a, b) => b.score - a.score || (b.paper.year ?? 0) - (a.paper.year ?? 0));
  const found = hits.map((hit) => hit.paper);
  return state.sort ? sorted(page, found, state.sort) : found;
}

// Themes of this page's papers, with those above them.
function themesHeld(page) {
  const held = new Set();
  for (const paper of page.order) {
    for (const theme of [paper.theme, ...(paper.also ?? [])]) {
      for (let at = theme; at !== null && at !== undefined && !held.has(at); at = page.themes[at].up) held.add(at);
    }
  }
  return held;
}

function fieldsFor(view, paper) {
  if (!view.fields.has(paper)) view.fields.set(paper, fieldsOf(paper));
  return view.fields.get(paper);
}

// Fold the words to be searched while the reader does nothing, so that the first search is as fast as the next.
function prepare(page, view, from = 0) {
  const later = globalThis.requestIdleCallback ?? ((work) => setTimeout(() => work({ timeRemaining: () => 8 }), 50));
  later((deadline) => {
    let at = from;
    while (at < page.order.length && deadline.timeRemaining() > 1) fieldsFor(view, page.order[at++]);
    if (at < page.order.length) prepare(page, view, at);
  });
}

function membersOf(page, id) {
  if (!id) return null;
  const inside = new Set();
  page.themes.forEach((theme, at) => {
    if (theme.id === id || inside.has(theme.up)) inside.add(at);
  });
  return inside;
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

// Years start with the newest, all else with the least; a third click gives the order of the themes back.
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
    { id: `p-${paper.id}` },
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
