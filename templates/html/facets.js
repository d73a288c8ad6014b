// The filters of the catalogue: fields, their choices, and the number of papers for each choice.

import { el } from "./build.js";
import { fieldsOf, folded, scoreOf, termsOf } from "./search.js";

// Conditions of the status filter; the keys are also keys of fixed words.
const STATUS = {
  with_code: (paper) => paper.card?.code,
  published: (paper) => paper.venue || paper.doi,
  reinstated: (paper) => paper.status === "reinstated",
  withdrawn: (paper) => paper.status === "withdrawn",
  editors_note: (paper) => paper.kind === "note",
  no_abstract: (paper) => paper.kind === "none",
};
// The values of a paper in each field with choices; a theme includes the themes below it.
const VALUES = {
  theme: themesAbove,
  year: (_, paper) => (paper.year ? [String(paper.year)] : []),
  category: (_, paper) => [paper.category ?? paper.categories?.[0]].filter(Boolean),
  status: (_, paper) => Object.keys(STATUS).filter((kind) => STATUS[kind](paper)),
};
const CHOICE_FIELDS = Object.keys(VALUES);

// Returns { form, values, words }: the fields by name, their values for each paper, and cached search text.
export function startFacets(page, filters) {
  const form = Object.fromEntries([...filters.querySelectorAll("[name]")].map((field) => [field.name, field]));
  const facets = { form, values: valuesOf(page), words: new Map() };
  const { counts } = narrowed(page, facets, {});
  for (const name of CHOICE_FIELDS) addChoices(page, form[name], choicesOf(page, name, counts[name]));
  form.author.closest(".field").hidden = !page.order.some((paper) => paper.authors?.length);
  countChoices(page, facets, counts, {});
  precomputeSearch(page, facets);
  return facets;
}

// The values of all papers by field, in the order of the papers.
export function valuesOf(page) {
  return Object.fromEntries(CHOICE_FIELDS.map((name) => [name, page.order.map((paper) => VALUES[name](page, paper))]));
}

export function stateOf(form) {
  const entries = Object.entries(form).map(([name, field]) => [name, field.type === "checkbox" ? (field.checked ? "1" : "") : field.value.trim()]);
  return Object.fromEntries(entries);
}

export function showState(form, state) {
  for (const [name, field] of Object.entries(form)) {
    const value = state[name] ?? "";
    if (field.type === "checkbox") field.checked = Boolean(value);
    else if (field.value.trim() !== value) field.value = value; // keeps a space at the end while the reader types
  }
}

// Returns { hits, counts, byAnyone }: the papers that match with their search scores; for each field the number of papers
// by value, given the other filters; and the papers that match all filters but the author.
export function narrowed(page, facets, state) {
  const terms = termsOf(state.q ?? "");
  const tests = testsOf(page, facets, state);
  const counts = Object.fromEntries(CHOICE_FIELDS.map((name) => [name, new Map()]));
  const hits = [];
  const byAnyone = [];
  page.order.forEach((paper, at) => {
    const missed = unmetFilter(tests, paper, at);
    const score = missed === SEVERAL ? 0 : terms.length ? scoreOf(searchFieldsOf(facets, paper), terms) : 1;
    if (!score) return;
    if (!missed) hits.push({ paper, score });
    if (!missed || missed === "author") byAnyone.push(paper);
    for (const name of CHOICE_FIELDS) if (!missed || missed === name) for (const value of facets.values[name][at]) counts[name].set(value, (counts[name].get(value) ?? 0) + 1);
  });
  return { hits, counts, byAnyone };
}

const SEVERAL = "several";

// The filter that a paper does not match, SEVERAL, or "" if it matches all.
function unmetFilter(tests, paper, at) {
  let missed = "";
  for (const [name, fits] of tests) {
    if (fits(paper, at)) continue;
    if (missed) return SEVERAL;
    missed = name;
  }
  return missed;
}

function testsOf(page, facets, state) {
  const tests = CHOICE_FIELDS.filter((name) => state[name]).map((name) => [name, (_, at) => facets.values[name][at].includes(state[name])]);
  if (state.unsure) tests.push(["unsure", (paper) => paper.unsure]);
  if (state.author) tests.push(["author", byAuthor(page, facets, state.author)]);
  return tests;
}

// A complete name matches only itself; a part of a name matches all names that contain it.
function byAuthor(page, facets, author) {
  const part = folded(author);
  const has = (name) => (paper) => `; ${searchFieldsOf(facets, paper).authors} ;`.includes(name);
  const whole = has(`; ${part} ;`);
  return page.order.some(whole) ? whole : has(part);
}

// The authors of some papers whose names contain all words, as [name, number of papers], most papers first.
export function authorsAmong(papers, words, most) {
  const counts = new Map();
  for (const paper of papers) for (const name of paper.authors ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  const parts = termsOf(words);
  const matching = [...counts].filter(([name]) => !parts.length || parts.every((part) => folded(name).includes(part)));
  return matching.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, most);
}

function choicesOf(page, name, counts) {
  const values = [...counts.keys()];
  if (name === "theme") return page.themes.filter((theme) => counts.has(theme.id)).map((theme) => [theme.id, `${"\u2003".repeat(depthOf(page, theme))}${theme.name}`]);
  if (name === "year") return values.sort((a, b) => b - a).map((year) => [year, year]);
  if (name === "category") return values.sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1)).map((value) => [value, value]);
  return Object.keys(STATUS).filter((kind) => counts.has(kind)).map((kind) => [kind, page.say(kind)]);
}

// Hides a field with a single choice, as all papers have it; a status may apply to some papers only.
function addChoices(page, field, choices) {
  for (const [value, label] of choices) field.append(el("option", { value, "data-label": label, dir: "auto" }, label));
  field.closest(".field").hidden = choices.length < (field.name === "status" ? 1 : 2);
}

// Show the number of papers behind each choice, and disable choices without papers.
export function countChoices(page, { form }, counts, state) {
  for (const name of CHOICE_FIELDS) {
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
  const themes = new Set();
  for (const theme of [paper.theme, ...(paper.also ?? [])]) {
    for (let at = theme; at !== null && at !== undefined && !themes.has(at); at = page.themes[at].up) themes.add(at);
  }
  return [...themes].map((at) => page.themes[at].id);
}

function searchFieldsOf(facets, paper) {
  if (!facets.words.has(paper)) facets.words.set(paper, fieldsOf(paper));
  return facets.words.get(paper);
}

// Prepare the search text while the browser is idle, so that the first search is fast.
function precomputeSearch(page, facets, from = 0) {
  const later = globalThis.requestIdleCallback ?? ((work) => setTimeout(() => work({ timeRemaining: () => 8 }), 50));
  later((deadline) => {
    let at = from;
    while (at < page.order.length && deadline.timeRemaining() > 1) searchFieldsOf(facets, page.order[at++]);
    if (at < page.order.length) precomputeSearch(page, facets, at);
  });
}
