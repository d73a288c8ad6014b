// Fill in the rows of comparison tables that a large page leaves out, from the data of the cards.

import { el, plainText } from "./build.js";
import { claimWords, referenceOf } from "./paper-view.js";

const FIELDS = { on: "one", mo: "motivation", ai: "aims", qu: "questions", me: "methods", da: "data", fi: "findings", re: "results", li: "limits", si: "significance", co: "contributions", de: "definitions" };

// A table lists its rows in order: "12 mo0 - fi1" is the number of a paper and its cells; an empty one is already there.
export function fillTables(page) {
  for (const table of document.querySelectorAll("table[data-rows]")) {
    const [body] = table.tBodies;
    const written = [...body.rows];
    body.replaceChildren(...table.dataset.rows.split(";").map((row) => (row ? comparedRow(page, row) : written.shift())));
    delete table.dataset.rows;
    table.parentElement.parentElement.querySelector(":scope > .left")?.remove();
  }
}

function comparedRow(page, row) {
  const [number, ...cells] = row.split(" ");
  const paper = page.byNumber.get(Number(number));
  const name = `${paper.by || plainText(paper.title)} ${paper.year ?? "–"} [${number}]`;
  const code = paper.card?.code;
  const head = el("th", { scope: "row" }, el("a.cite", { href: referenceOf(page, paper) }, name));
  if (code) head.append(" ", el("a.code-link", { href: code }, page.say("code")));
  return el("tr", {}, head, ...cells.map((cell) => comparedCell(paper, cell)));
}

function comparedCell(paper, cell) {
  const claim = paper.card?.[FIELDS[cell.slice(0, 2)]]?.[Number(cell.slice(2))];
  if (!claim) return el("td");
  const words = claimWords(paper, claim);
  return el("td", {}, ...(claim.lang ? [el("span", { lang: claim.lang, dir: "auto" }, ...words)] : words));
}
