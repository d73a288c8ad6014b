// Parts of a paper that several views show.

import { el, rich } from "./build.js";

export const ARXIV_ID = /^(\d{4}\.\d{4,5}|[a-z][a-z-]+\/\d{7})$/;

// The address of a paper's card, on this page or on the page with its full data.
export function addressOfPaper(page, paper) {
  return `${isHere(page, paper) ? "" : page.pages[paper.page]}#p-${paper.id}`;
}

export function referenceOf(page, paper) {
  return `${page.pages[paper.page] ?? ""}#ref-${paper.number}`;
}

// Whether this page can open a card of the paper; another page may have more of its data.
function isHere(page, paper) {
  return paper.place < page.order.length;
}

export function authorsLine(paper, most) {
  const names = paper.authors ?? [];
  const more = names.length > most || paper.more_authors;
  return names.slice(0, most).join(", ") + (more ? " et al." : "");
}

export function themePath(page, at) {
  const names = [];
  for (let step = at; step !== null && step !== undefined; step = page.themes[step].up) names.unshift(page.themes[step].name);
  return names;
}

export function themeMark(page, paper, whole) {
  if (paper.outside) return el("span.theme", { dir: "auto" }, page.say("fits_no_theme"));
  if (paper.theme === undefined) return null;
  const theme = page.themes[paper.theme];
  const path = whole ? themePath(page, paper.theme) : [theme.name];
  return el(`span.theme.${theme.tone}`, {}, el("i.dot", { "aria-hidden": "true" }), el("span", { dir: "auto" }, path.join(" › ")));
}

export function marksOf(page, paper) {
  const marks = [];
  if (paper.unsure) marks.push(el("span.mark", {}, page.say("uncertain")));
  if (paper.status) marks.push(el("span.mark", {}, page.say(paper.status)));
  return marks.flatMap((mark) => [" ", mark]);
}

// The abstract with an element for each piece, so that evidence can be highlighted.
export function abstractPieces(paper) {
  return (paper.abstract ?? []).map((piece, at) => el("span", { "data-piece": at }, ...rich(piece)));
}

// The text of a claim, or the piece of the abstract that it equals.
export function claimWords(paper, claim) {
  return rich(claim.text ?? paper.abstract[claim.span[0]]);
}

export async function copyText(text, button, page) {
  try {
    await navigator.clipboard.writeText(text);
    page.announce(page.say("copied"));
    button.dataset.done = "";
    setTimeout(() => delete button.dataset.done, 1500);
  } catch {
    const source = button.parentElement.querySelector("pre");
    if (source) getSelection().selectAllChildren(source);
  }
}
