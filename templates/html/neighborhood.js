// The neighborhood of a paper: citing and cited papers, or else the most similar ones, as a graph and a table.

import { el, plainText, rich, svg } from "./build.js";
import { ARXIV_ID, addressOfPaper } from "./paper-view.js";

const MAX_DRAWN = 60; // papers in the graph, this one included; more are not readable
const ROW = 22; // pixels between the papers of a column
const TOP = 40; // pixels above the first paper, for the headings
const SIZE = 6; // pixels, half the width of a mark
const LETTER = 6.3; // pixels, mean width of a character
const FIRST_ROWS = 8; // of the table that are shown at first

// { kind, left: [], right: [], hidden }: kind is "citations" or "similar"; each neighbor is { relation, paper } or
// { relation, work }; hidden is the number of neighbors that are not shown.
export function neighborsAround(page, paper) {
  const at = paper.place;
  const newest = (a, b) => (b.paper.year ?? 0) - (a.paper.year ?? 0) || a.paper.number - b.paper.number;
  const citing = page.papers.filter((other) => other.cites?.includes(at)).map((other) => ({ relation: "citing", paper: other }));
  const cited = (paper.cites ?? []).map((index) => ({ relation: "cited", paper: page.papers[index] }));
  const outside = (paper.works ?? []).map((index) => ({ relation: "outside", work: page.works[index] }));
  const right = [...cited.sort(newest), ...outside];
  if (!citing.length && !right.length) {
    const near = (paper.near ?? []).map((index) => ({ relation: "near", paper: page.papers[index] }));
    return { kind: "similar", left: [], right: near.slice(0, MAX_DRAWN - 1), hidden: 0 };
  }
  const [onLeft, onRight] = shared(citing.length, right.length, MAX_DRAWN - 1);
  const hidden = citing.length + right.length - onLeft - onRight + (paper.more_works ?? 0);
  return { kind: "citations", left: citing.sort(newest).slice(0, onLeft), right: right.slice(0, onRight), hidden };
}

// Give each side half of the room, and what the other side does not need.
export function shared(left, right, room) {
  const half = Math.floor(room / 2);
  const onLeft = Math.min(left, Math.max(half, room - right));
  return [onLeft, Math.min(right, room - onLeft)];
}

// Positions in pixels: { width, height, self: { x, y }, nodes: [{ neighbor, x, y, side, room }], links: [[node, node]] }.
export function layoutOf(around, width) {
  const rows = Math.max(around.left.length, around.right.length, 3);
  const height = TOP + rows * ROW;
  const middle = TOP + ((rows - 1) * ROW) / 2;
  const [leftX, selfX, rightX] = around.left.length ? [0.31 * width, 0.5 * width, 0.69 * width] : [0, 0.08 * width, 0.3 * width];
  const column = (neighbors, side, x) =>
    neighbors.map((neighbor, at) => ({ neighbor, side, x, y: middle + (at - (neighbors.length - 1) / 2) * ROW, room: (side === "left" ? x : width - x) - 2 * SIZE - 4 }));
  const nodes = [...column(around.left, "left", leftX), ...column(around.right, "right", rightX)];
  return { width, height, self: { x: selfX, y: middle }, nodes, links: linksAmong(nodes) };
}

// Citations among the neighbors themselves.
function linksAmong(nodes) {
  const papers = nodes.filter((node) => node.neighbor.paper);
  const links = [];
  for (const from of papers) {
    for (const to of papers) if (from !== to && from.neighbor.paper.cites?.includes(to.neighbor.paper.place)) links.push([from, to]);
  }
  return links;
}

export function labelOf(neighbor, room) {
  const { paper, work } = neighbor;
  const item = paper ?? work;
  const title = plainText(item.title);
  const year = item.year ? ` ${item.year}` : "";
  const letters = Math.floor(room / LETTER);
  const short = shortened(item.by ?? title, letters - year.length) + year;
  return item.by && letters > 44 ? shortened(`${short} · ${title}`, letters) : short;
}

function shortened(text, letters) {
  return text.length > letters ? `${text.slice(0, Math.max(letters - 1, 1)).trimEnd()}…` : text;
}

// The elements of a card; `drawNeighborhood` fills the graph when the width of the card is known.
export function neighborhoodOf(page, paper) {
  const around = neighborsAround(page, paper);
  const shown = [...around.left, ...around.right];
  if (!shown.length) return [];
  const notes = around.kind === "similar" ? [page.say("no_citations")] : citationNotes(page, paper);
  if (around.hidden) notes.push(page.say("limited", { most: MAX_DRAWN, hidden: around.hidden }));
  const drawing = svg("svg", { role: "group", "aria-label": `${page.say("neighborhood")}: ${plainText(paper.title)}` });
  return [
    el("h3", {}, page.say("neighborhood")),
    el("figure.graph", {}, drawing, el("figcaption", {}, notes.join(" "))),
    el("h3", {}, page.say("related")),
    relatedTable(page, shown),
  ];
}

function citationNotes(page, paper) {
  const who = (paper.told ?? []).map(([name, at]) => `${name} (${page.day(at)})`).join(", ");
  const notes = who ? [page.say("told", { who })] : [];
  if (paper.count !== undefined) notes.push(page.say("count", { n: paper.count }));
  return notes;
}

export function drawNeighborhood(page, paper, drawing) {
  const width = drawing.parentElement.clientWidth;
  const around = neighborsAround(page, paper);
  const layout = layoutOf(around, width);
  for (const [name, value] of [["viewBox", `0 0 ${width} ${layout.height}`], ["width", width], ["height", layout.height]]) drawing.setAttribute(name, value);
  drawing.replaceChildren(
    svg("g.among", { "aria-hidden": "true" }, ...layout.links.map(([from, to]) => svg("path", { d: curve(from, to, layout.self.x) }))),
    svg("g.lines", { "aria-hidden": "true" }, ...layout.nodes.map((node) => svg(`line.${node.neighbor.relation}`, { x1: layout.self.x, y1: layout.self.y, x2: node.x, y2: node.y }))),
    ...headsOf(page, around, layout),
    svg("g.node-self", {}, svg("title", {}, `${page.say("self")}: ${plainText(paper.title)}`), svg("rect", { x: layout.self.x - SIZE - 2, y: layout.self.y - SIZE - 2, width: 2 * SIZE + 4, height: 2 * SIZE + 4, rx: 3 })),
    ...layout.nodes.map((node) => nodeOf(page, node)),
  );
}

function curve(from, to, center) {
  const bend = from.side === to.side ? (from.x + center) / 2 : (from.x + to.x) / 2;
  return `M${from.x} ${from.y} Q${bend} ${(from.y + to.y) / 2} ${to.x} ${to.y}`;
}

function headsOf(page, around, layout) {
  const head = (x, anchor, words) => svg("text.graph-head", { x, y: 14, "text-anchor": anchor }, words);
  const [right] = layout.nodes.filter((node) => node.side === "right");
  const count = (words, neighbors) => `${words} (${neighbors.length})`;
  const heads = [];
  if (around.left.length) heads.push(head(layout.nodes[0].x + SIZE, "end", count(page.say("citing"), around.left)));
  if (right) heads.push(head(right.x - SIZE, "start", count(around.kind === "similar" ? page.say("near") : page.say("cited"), around.right)));
  return heads;
}

function nodeOf(page, node) {
  const { neighbor, x, y, side, room } = node;
  const whole = [page.say(neighbor.relation), plainText((neighbor.paper ?? neighbor.work).title)].join(": ");
  const label = svg("text", { x: side === "left" ? x - SIZE - 6 : x + SIZE + 6, y: y + 4, "text-anchor": side === "left" ? "end" : "start" }, labelOf(neighbor, room));
  const parts = [svg("title", {}, whole), markOf(neighbor.relation, x, y), label];
  const href = addressOf(page, neighbor);
  if (!href) return svg(`g.node-mark.${neighbor.relation}`, {}, ...parts);
  const away = href.startsWith("https:") ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return svg(`a.node-mark.${neighbor.relation}`, { href, "aria-label": whole, ...away }, ...parts);
}

// Relations differ in shape as well as in color.
function markOf(relation, x, y) {
  if (relation === "citing" || relation === "near") return svg("circle", { cx: x, cy: y, r: SIZE });
  const reach = SIZE + 1;
  return svg("path", { d: `M${x} ${y - reach}L${x + reach} ${y}L${x} ${y + reach}L${x - reach} ${y}Z` });
}

function addressOf(page, { paper, work }) {
  if (paper) return addressOfPaper(page, paper);
  if (ARXIV_ID.test(work.arxiv ?? "")) return `https://arxiv.org/abs/${work.arxiv}`;
  return work.doi ? `https://doi.org/${encodeURI(work.doi)}` : "";
}

function relatedTable(page, shown) {
  const heads = [page.say("title"), page.say("authors"), page.say("year"), page.say("relation"), page.say("actions")];
  const rows = shown.map((neighbor, at) => relatedRow(page, neighbor, at >= FIRST_ROWS));
  const more = shown.length > FIRST_ROWS ? [el("button.tool", { type: "button", "data-do": "more-related" }, page.say("more"))] : [];
  const table = el("table.related", {}, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, ...rows));
  return el("div.related-papers", {}, table, ...more);
}

function relatedRow(page, neighbor, hidden) {
  const item = neighbor.paper ?? neighbor.work;
  const href = addressOf(page, neighbor);
  const away = href.startsWith("https:") ? { target: "_blank", rel: "noopener noreferrer" } : {};
  const title = href ? el("a", { href, dir: "auto", ...away }, ...rich(item.title)) : el("span", { dir: "auto" }, ...rich(item.title));
  return el(
    "tr",
    { hidden },
    el("td", {}, title),
    el("td.by", { dir: "auto" }, item.by ?? ""),
    el("td.year", {}, String(item.year ?? "–")),
    el(`td.relation.${neighbor.relation}`, {}, page.say(neighbor.relation)),
    el("td.actions", {}, ...actionsOf(page, neighbor)),
  );
}

function actionsOf(page, { paper, work }) {
  const arxiv = (paper ?? work).arxiv ?? "";
  const actions = ARXIV_ID.test(arxiv) ? [el("a.out", { href: `https://arxiv.org/abs/${arxiv}`, rel: "noopener noreferrer", target: "_blank" }, "arXiv")] : [];
  if (paper?.bibtex) actions.push(el("button.out", { type: "button", "data-do": "copy-bibtex", "data-number": paper.number, "aria-label": page.say("copy_bibtex"), title: page.say("copy_bibtex") }, "BibTeX"));
  return actions;
}
