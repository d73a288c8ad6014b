// What narrows the table: fields, what each of them offers, and how many papers each choice would leave.

import { el } from "./build.js";
import { fieldsOf, folded, scoreOf, termsOf } from "./search.js";

// What a paper may be besides a preprint with an abstract; each is also the key of its word.
const STATUS = {
  with_code: (paper) => paper.card?.code,
  published: (paper) => paper.venue || paper.doi,
  reinstated: (paper) => paper.status === "reinstated",
  withdrawn: (paper) => paper.status === "withdrawn",
  editors_note: (paper) => paper.kind === "note",
  no_abstract: (paper) => paper.kind === "none",
};
// The values of a paper in each field that offers a choice; a theme counts what stands below it.
const VALUES = {
  theme: themesAbove,
  year: (_, paper) => (paper.year ? [String(paper.year)] : []),
  category: (_, paper) => [paper.category ?? paper.categories?.[0]].filter(Boolean),
  status: (_, paper) => Object.keys(STATUS).filter((kind) => STATUS[kind](paper)),
};
const OFFERED = Object.keys(VALUES);

// Returns the fields of the page by name, with what they need: { form, values, words }.
export function startFacets(page, filters) {
  const form = Object.fromEntries([...filters.querySelectorAll("[name]")].map((field) => [field.name, field]));
  const facets = { form, values: valuesOf(page), words: new Map() };
  const { counts } = narrowed(page, facets, {});
  for (const name of OFFERED) offer(page, form[name], choicesOf(page, name, counts[name]));
  form.author.closest(".field").hidden = !page.order.some((paper) => paper.authors?.length);
  countChoices(page, facets, counts, {});
  foldAhead(page, facets);
  return facets;
}

// What each paper has in each field, in the order of the papers.
export function valuesOf(page) {
  return Object.fromEntries(OFFERED.map((name) => [name, page.order.map((paper) => VALUES[name](page, paper))]));
}

export function stateOf(form) {
  const said = Object.entries(form).map(([name, field]) => [name, field.type === "checkbox" ? (field.checked ? "1" : "") : field.value.trim()]);
  return Object.fromEntries(said);
}

export function showState(form, state) {
  for (const [name, field] of Object.entries(form)) {
    const value = state[name] ?? "";
    if (field.type === "checkbox") field.checked = Boolean(value);
    else if (field.value.trim() !== value) field.value = value; // a space that is being typed stays
  }
}

// The papers that fit, with their scores while searching; how many each choice of a field would leave beside what the
// other fields say; and the papers among which an author could be chosen.
export function narrowed(page, facets, state) {
  const terms = termsOf(state.q ?? "");
  const tests = testsOf(page, facets, state);
  const counts = Object.fromEntries(OFFERED.map((name) => [name, new Map()]));
  const hits = [];
  const byAnyone = [];
  page.order.forEach((paper, at) => {
    const missed = missedBy(tests, paper, at);
    const score = missed === MORE ? 0 : terms.length ? scoreOf(wordsOf(facets, paper), terms) : 1;
    if (!score) return;
    if (!missed) hits.push({ paper, score });
    if (!missed || missed === "author") byAnyone.push(paper);
    for (const name of OFFERED) if (!missed || missed === name) for (const value of facets.values[name][at]) counts[name].set(value, (counts[name].get(value) ?? 0) + 1);
  });
  return { hits, counts, byAnyone };
}

const MORE = "more";

// The one field that a paper does not fit, MORE for several, "" for none.
function missedBy(tests, paper, at) {
  let missed = "";
  for (const [name, fits] of tests) {
    if (fits(paper, at)) continue;
    if (missed) return MORE;
    missed = name;
  }
  return missed;
}

function testsOf(page, facets, state) {
  const tests = OFFERED.filter((name) => state[name]).map((name) => [name, (_, at) => facets.values[name][at].includes(state[name])]);
  if (state.unsure) tests.push(["unsure", (paper) => paper.unsure]);
  if (state.author) tests.push(["author", byAuthor(page, facets, state.author)]);
  return tests;
}

// A whole name finds its papers alone; a part of one finds all that have it.
function byAuthor(page, facets, author) {
  const part = folded(author);
  const has = (name) => (paper) => `; ${wordsOf(facets, paper).authors} ;`.includes(name);
  const whole = has(`; ${part} ;`);
  return page.order.some(whole) ? whole : has(part);
}

// The authors of some papers whose names have all of some words, those of most papers first: [name, papers].
export function authorsAmong(papers, words, most) {
  const counts = new Map();
  for (const paper of papers) for (const name of paper.authors ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  const parts = termsOf(words);
  const found = [...counts].filter(([name]) => !parts.length || parts.every((part) => folded(name).includes(part)));
  return found.sort(([one, n], [other, m]) => m - n || (one < other ? -1 : 1)).slice(0, most);
}

function choicesOf(page, name, counts) {
  const known = [...counts.keys()];
  if (name === "theme") return page.themes.filter((theme) => counts.has(theme.id)).map((theme) => [theme.id, `${"\u2003".repeat(depthOf(page, theme))}${theme.name}`]);
  if (name === "year") return known.sort((a, b) => b - a).map((year) => [year, year]);
  if (name === "category") return known.sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1)).map((one) => [one, one]);
  return Object.keys(STATUS).filter((kind) => counts.has(kind)).map((kind) => [kind, page.say(kind)]);
}

// Where all papers have the same, there is nothing to choose; a status is something that only some have.
function offer(page, field, choices) {
  for (const [value, label] of choices) field.append(el("option", { value, "data-label": label, dir: "auto" }, label));
  field.closest(".field").hidden = choices.length < (field.name === "status" ? 1 : 2);
}

// Say behind each choice how many papers it would leave; what would leave none cannot be chosen.
export function countChoices(page, { form }, counts, state) {
  for (const name of OFFERED) {
    for (const option of form[name].options) {
      if (!option.value) continue;
      const n = counts[name].get(option.value) ?? 0;
      option.textContent = `${option.dataset.label} (${page.count(n)})`;
      option.disabled = !n && option.value !== state[name];
    }
  }
}

function depthOf(page, theme) {
  return theme.up === undefined || theme.up === null ? 0 : 1 + depthOf(page, page.themes[theme.up]);
}

function themesAbove(page, paper) {
  const held = new Set();
  for (const theme of [paper.theme, ...(paper.also ?? [])]) {
    for (let at = theme; at !== null && at !== undefined && !held.has(at); at = page.themes[at].up) held.add(at);
  }
  return [...held].map((at) => page.themes[at].id);
}

function wordsOf(facets, paper) {
  if (!facets.words.has(paper)) facets.words.set(paper, fieldsOf(paper));
  return facets.words.get(paper);
}

// Fold the words to be searched while the reader does nothing, so that the first search is as fast as the next.
function foldAhead(page, facets, from = 0) {
  const later = globalThis.requestIdleCallback ?? ((work) => setTimeout(() => work({ timeRemaining: () => 8 }), 50));
  later((deadline) => {
    let at = from;
    while (at < page.order.length && deadline.timeRemaining() > 1) wordsOf(facets, page.order[at++]);
    if (at < page.order.length) foldAhead(page, facets, at);
  });
}
