// The dialog with one paper: review, sources, theme, versions, neighborhood.

import { el, plainText, rich } from "./build.js";
import { drawNeighborhood, neighborhoodOf, neighborsAround } from "./neighborhood.js";
import { ARXIV_ID, abstractPieces, addressOfPaper, authorsLine, claimWords, copyText, marksOf, referenceOf, themeMark, themePath } from "./paper-view.js";

const REVIEW = ["motivation", "aims", "questions", "contributions", "methods", "data", "findings", "limits", "significance", "definitions"];

// Returns show(paper); calls `closed` when the dialog closes.
export function startCard(page, dialog, closed) {
  let pinned = null;
  let shown = null;
  dialog.addEventListener("close", closed);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
    if (event.target.closest("[data-do=close]")) dialog.close();
    const copy = event.target.closest("[data-do=copy-card]");
    if (copy) copyText(copy.parentElement.querySelector("code").textContent, copy, page);
    const entry = event.target.closest("[data-do=copy-bibtex]");
    if (entry) copyText(page.byNumber.get(Number(entry.dataset.number)).bibtex, entry, page);
    const more = event.target.closest("[data-do=more-related]");
    if (more) showAll(dialog, more);
    const source = event.target.closest("[data-do=source]");
    if (source) {
      pinned = source.closest("[data-span]");
      highlight(dialog, pinned)?.scrollIntoView({ block: "center" });
    }
  });
  for (const kind of ["pointerover", "focusin"]) {
    dialog.addEventListener(kind, (event) => highlight(dialog, event.target.closest("[data-span]") ?? pinned));
  }
  const draw = () => {
    const drawing = shown && dialog.querySelector(".graph svg");
    const width = drawing?.parentElement.clientWidth;
    if (width && width !== Number(drawing.getAttribute("width"))) drawNeighborhood(page, shown, drawing);
  };
  new ResizeObserver(draw).observe(dialog);
  return (paper) => {
    pinned = null;
    shown = paper;
    dialog.replaceChildren(...cardOf(page, paper));
    if (!dialog.open) dialog.showModal();
    draw();
    dialog.scrollTop = 0;
    dialog.querySelector("h2").focus();
  };
}

// Show the hidden rows and focus the first of them.
function showAll(dialog, more) {
  const rows = [...dialog.querySelectorAll(".related tr[hidden]")];
  for (const row of rows) row.hidden = false;
  more.remove();
  rows[0]?.querySelector("a")?.focus();
}

// Highlight the pieces of the abstract that support a claim; returns the first.
function highlight(dialog, claim) {
  const [from, to] = claim ? claim.dataset.span.split(" ").map(Number) : [0, 0];
  let first = null;
  for (const piece of dialog.querySelectorAll("[data-piece]")) {
    const lit = piece.dataset.piece >= from && piece.dataset.piece < to;
    piece.classList.toggle("lit", lit);
    if (lit) first ??= piece;
  }
  return first;
}

function cardOf(page, paper) {
  const { say } = page;
  return [
    el("div.card-top", {}, themeMark(page, paper, true), el("button.tool", { type: "button", "data-do": "close", "aria-label": say("close") }, "×")),
    el("h2", { id: "card-title", tabindex: "-1", dir: "auto" }, ...rich(paper.title)),
    el("p.by", { dir: "auto" }, authorsLine(paper, 50)),
    el("p.card-meta", {}, ...metaOf(page, paper)),
    el("p.card-links", {}, ...linksOf(page, paper)),
    ...reviewOf(page, paper),
    ...fullCardOf(page, paper),
    ...abstractOf(page, paper),
    ...descriptionsOf(page, paper),
    ...assignmentOf(page, paper),
    ...versionsOf(page, paper),
    ...neighborhoodOf(page, paper),
    ...neighborsOf(page, paper),
    el("h3", {}, "BibTeX"),
    el("div.code", {}, el("pre", { dir: "ltr" }, el("code", {}, paper.bibtex)), el("button.copy", { type: "button", "data-do": "copy-card" }, say("copy"))),
  ];
}

function metaOf(page, paper) {
  const arxiv = paper.arxiv ? `arXiv:${paper.arxiv}${paper.version ? `v${paper.version}` : ""}` : "";
  const parts = [page.day(paper.published), arxiv, (paper.categories ?? []).join(", "), paper.venue, paper.comment];
  const shown = parts.filter(Boolean).map((part) => el("bdi", {}, part));
  const reference = el("a", { href: referenceOf(page, paper), "data-leave": true }, page.say("reference", { n: paper.number }));
  const older = latestOf(paper) > (paper.version ?? 0) ? [" ", el("span.mark.older", {}, page.say("cites_older", { cited: String(paper.version), latest: String(latestOf(paper)) }))] : [];
  return [...[...shown, reference].flatMap((part, at) => (at ? [" · ", part] : [part])), ...marksOf(page, paper), ...older];
}

function linksOf(page, paper) {
  const links = [];
  if (page.reviews) links.push(el("a.out", { href: `${page.reviews}/${paper.review ?? `${paper.id.replace("/", "-")}.html`}` }, page.say("review")));
  const add = (name, href) => links.push(el("a.out", { href, rel: "noopener noreferrer", target: "_blank" }, name));
  if (ARXIV_ID.test(paper.arxiv ?? "")) for (const [name, address] of page.sites) add(name, address.replace("{id}", paper.arxiv));
  if (paper.doi) add("DOI", `https://doi.org/${encodeURI(paper.doi)}`);
  if (!paper.arxiv && !paper.doi && paper.link) add(page.say("link"), paper.link);
  if (paper.card?.code) add(page.say("code"), paper.card.code);
  return links;
}

function reviewOf(page, paper) {
  const card = paper.card ?? {};
  const parts = [];
  if (card.one) parts.push(el("p.one", { dir: "auto" }, claimOf(page, paper, card.one[0])));
  const pointers = new Map((card.pointers ?? []).map(([name, ...at]) => [name, at]));
  const rows = REVIEW.filter((name) => card[name] || pointers.has(name)).map((name) => {
    const claims = (card[name] ?? []).map((claim) => el("li", { dir: "auto" }, claimOf(page, paper, claim)));
    if (pointers.has(name)) claims.push(el("li", { dir: "auto" }, ...pointerTo(page, pointers.get(name))));
    return el("div", {}, el("dt", {}, page.say(name)), el("dd", {}, el("ul", {}, ...claims)));
  });
  if (rows.length) parts.push(el("dl.review", {}, ...rows));
  if (card.keywords) parts.push(el("p.keywords", {}, el("span.only-heard", {}, `${page.say("keywords")}: `), ...card.keywords.map((word) => el("bdi.keyword", {}, word))));
  if (!card.one && !rows.length && !isElsewhere(paper)) parts.push(el("p.none", {}, page.say("no_review")));
  return parts;
}

function claimOf(page, paper, claim) {
  const words = el("span", claim.lang ? { lang: claim.lang, dir: "auto" } : {}, ...claimWords(paper, claim));
  if (claim.at) return el("span", {}, words, " (", linkToPassage(page, claim.at), ")");
  if (!claim.span) return words;
  const label = page.say("source");
  return el("span.claim", { "data-span": claim.span.join(" ") }, words, "\u00a0", el("button.source", { type: "button", "data-do": "source", "aria-label": label, title: label }, el("span", { "aria-hidden": "true" }, "¶")));
}

// A link to a place in the full text; on hover its section and, where the license permits, its words.
function linkToPassage(page, [section, title, href, words]) {
  const label = [page.say("full_text"), section ? `§ ${section}` : title].filter(Boolean).join(", ");
  const about = [section && title ? `${label}: ${title}` : label, words].filter(Boolean).join("\n");
  return href ? el("a.place", { href, title: about, rel: "noopener noreferrer", target: "_blank" }, label) : el("span.place", { title: about }, label);
}

// Where the full text tells what the draft may not show.
function pointerTo(page, at) {
  const [before, after] = page.say("see", { place: "\u0000" }).split("\u0000");
  return [before, linkToPassage(page, at), after ?? ""];
}

// In a large survey the page of the theme has the full data.
function fullCardOf(page, paper) {
  if (!isElsewhere(paper)) return [];
  const href = `${page.pages[paper.page]}#p-${paper.id}`;
  return [el("p.rest", {}, el("a", { href, "data-away": true }, page.say("rest_elsewhere")))];
}

function isElsewhere(paper) {
  return paper.page !== undefined;
}

function abstractOf(page, paper) {
  if (isElsewhere(paper)) return [];
  if (paper.kind === "none") return [el("p.none", {}, page.say("no_abstract"))];
  const parts = [el("h3", {}, page.say(paper.kind === "note" ? "editors_note" : "abstract"))];
  if (paper.kind === "note") parts.push(el("p.note-about", {}, page.say("editors_note_about")));
  return [...parts, el("p.abstract", { dir: "auto" }, ...abstractPieces(paper))];
}

// How later papers describe this one: their words, or where these stand.
function descriptionsOf(page, paper) {
  if (!paper.described) return [];
  const rows = paper.described.map((told) => {
    const words = told.text ? rich(told.text) : [page.say("described_at", { who: told.by })];
    const other = page.papers[told.paper];
    const mark = `[${told.number}]`;
    const links = [other ? el("a", { href: addressOfPaper(page, other), title: plainText(other.title) }, mark) : mark];
    if (told.href) links.push(el("a.out", { href: told.href, rel: "noopener noreferrer", target: "_blank" }, page.say("full_text")));
    return el("li", { dir: "auto" }, el("span", told.lang ? { lang: told.lang, dir: "auto" } : {}, ...words), ...links.flatMap((link) => ["\u00a0", link]));
  });
  return [el("h3", {}, page.say("described")), el("ul.described", {}, ...rows)];
}

function assignmentOf(page, paper) {
  const place = paper.theme ?? paper.nearest;
  if (place === undefined || isElsewhere(paper)) return [];
  const number = new Intl.NumberFormat(page.language, { maximumFractionDigits: 3, numberingSystem: "latn" });
  const percent = new Intl.NumberFormat(page.language, { style: "percent", numberingSystem: "latn" });
  const rows = [
    [page.say(paper.outside ? "nearest_theme" : "theme"), themePath(page, place).join(" › ")],
    [page.say("confidence"), percent.format(paper.sure ?? 0)],
    [page.say("score"), number.format(paper.score)],
    [page.say("margin"), number.format(paper.margin)],
    [page.say("runner_up"), paper.rival === undefined ? "" : page.themes[paper.rival].name],
    [page.say("also"), (paper.also ?? []).map((at) => page.themes[at].name).join("; ")],
    [page.say("decided_by"), paper.how],
  ];
  const shown = rows.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, el("bdi", {}, value))));
  const about = paper.outside ? "outside_about" : paper.unsure ? "uncertain_about" : "";
  const notice = about ? [el("p.note-about", {}, page.say(about))] : [];
  return [el("h3", {}, page.say("filing")), ...notice, el("dl.small", {}, ...shown), ...rationaleOf(page, paper)];
}

// The words and sentences that decided the theme; sentences can be highlighted in the abstract.
function rationaleOf(page, paper) {
  if (!paper.words) return [];
  const words = el("p.keywords", {}, el("span", {}, `${page.say("why")}: `), ...paper.words.map((word) => el("bdi.keyword", {}, word)));
  const claims = (paper.why ?? []).map((span) => el("li", { dir: "auto" }, el("span.claim", { "data-span": span.join(" ") }, ...spanWords(paper, span))));
  return [words, ...(claims.length ? [el("ul.why", {}, ...claims)] : [])];
}

function spanWords(paper, [from, to]) {
  return paper.abstract.slice(from, to).flatMap((piece) => rich(piece));
}

// All versions with date and size; the cited one, the latest and withdrawals are marked.
function versionsOf(page, paper) {
  if (!paper.versions) return [];
  const latest = latestOf(paper);
  const rows = paper.versions.map(([n, at, size, withdrawn]) => {
    const name = paper.arxiv ? el("a", { href: `https://arxiv.org/abs/${paper.arxiv}v${n}`, rel: "noopener noreferrer", target: "_blank" }, `v${n}`) : `v${n}`;
    const marks = [n === paper.version && "cited_version", n === latest && n > 1 && "latest_version", withdrawn && "withdrawn"].filter(Boolean);
    const date = el(at ? "time" : "span.none", { datetime: at?.slice(0, 10) || false }, at ? page.day(at) : page.say("undated"));
    const shown = [el("bdi", {}, name), date, el("span.bytes", {}, size ? page.say("size", { n: size }) : ""), el("span", {}, ...marks.flatMap((key) => [el(`span.mark.${key}`, {}, page.say(key)), " "]))];
    return el("li", {}, ...shown);
  });
  return [el("h3", {}, page.say("versions")), el("p.history", {}, historyOf(page, paper)), el("ol.versions", {}, ...rows), ...publishedOf(page, paper)];
}

function latestOf(paper) {
  return Math.max(paper.version ?? 0, ...(paper.versions ?? []).map(([n]) => n));
}

function historyOf(page, paper) {
  const dated = new Map(paper.versions.filter(([, at]) => at).map(([n, at]) => [n, page.day(at)]));
  const latest = latestOf(paper);
  const parts = [];
  if (dated.has(1)) parts.push(page.say("submitted", { date: dated.get(1) }));
  if (latest > 1 && dated.has(latest)) parts.push(page.say("revised", { date: dated.get(latest), latest: String(latest) }));
  return parts.join(" · ");
}

function publishedOf(page, paper) {
  const parts = [paper.venue, paper.doi ? el("a", { href: `https://doi.org/${encodeURI(paper.doi)}`, rel: "noopener noreferrer", target: "_blank", dir: "ltr" }, `doi:${paper.doi}`) : ""].filter(Boolean);
  if (!parts.length) return [];
  return [el("p.published", {}, `${page.say("published")}: `, ...parts.flatMap((part, at) => [at ? " · " : "", el("bdi", {}, part)]))];
}

// The most similar papers, unless the neighborhood shows them.
function neighborsOf(page, paper) {
  if (!paper.near || neighborsAround(page, paper).kind === "similar") return [];
  const rows = paper.near.map((at) => {
    const other = page.papers[at];
    return el("li", {}, el("a", { href: addressOfPaper(page, other), dir: "auto", title: plainText(other.title) }, ...rich(other.title)), el("span.by", { dir: "auto" }, [authorsLine(other, 1), other.year].filter(Boolean).join(", ")));
  });
  return [el("h3", {}, page.say("near")), el("ol.neighbors", {}, ...rows)];
}
