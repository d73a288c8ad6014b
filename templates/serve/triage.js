// Review papers one by one and confirm or correct their theme.

import { el } from "./build.js";

const KINDS = { unsure: (paper) => paper.unsure && !paper.outside, outside: (paper) => paper.outside, excluded: (paper) => paper.excluded, all: (paper) => !paper.excluded };
const MAX_LISTED = 200; // papers in the list; search finds the others

export function startTriage(app, root) {
  const { say } = app;
  const state = { kind: "unsure", query: "", paper: "", at: 0 };
  const kinds = el("select", {});
  const search = el("input", { type: "search", placeholder: say("search_hint"), autocomplete: "off" });
  const queue = el("ol.queue", { "aria-label": say("queue") });
  const sheet = el("article.paper", {});
  const side = el("div.side", {}, el("div.row", {}, el("label", {}, say("show"), " ", kinds), el("label.grow", {}, el("span.only-heard", {}, say("search")), search)), queue);
  root.replaceChildren(el("div.panes", {}, side, sheet));
  kinds.addEventListener("change", () => pick({ kind: kinds.value, at: 0, paper: "" }));
  search.addEventListener("input", () => pick({ query: search.value.trim().toLowerCase(), at: 0, paper: "" }));

  function pick(changes) {
    Object.assign(state, changes);
    draw();
  }

  function matching() {
    const hit = (paper) => `${paper.title} ${paper.by} ${paper.id}`.toLowerCase().includes(state.query);
    const papers = app.survey.papers.filter((paper) => KINDS[state.kind](paper) && (!state.query || hit(paper)));
    return papers.sort((a, b) => (a.sure ?? 0) - (b.sure ?? 0) || (a.id < b.id ? -1 : 1));
  }

  function draw() {
    const papers = matching();
    const counted = Object.entries(KINDS).map(([kind, test]) => el("option", { value: kind, selected: kind === state.kind }, say(`only_${kind}`, { n: app.survey.papers.filter(test).length })));
    kinds.replaceChildren(...counted);
    const here = papers.findIndex((paper) => paper.id === state.paper);
    state.at = Math.min(here >= 0 ? here : state.at, Math.max(papers.length - 1, 0));
    state.paper = papers[state.at]?.id ?? "";
    const first = Math.max(0, Math.min(state.at - MAX_LISTED / 2, papers.length - MAX_LISTED));
    queue.replaceChildren(...papers.slice(first, first + MAX_LISTED).map((paper) => entry(paper)));
    queue.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    drawPaper(papers[state.at], papers.length);
  }

  function entry(paper) {
    const button = el("button", { type: "button", "aria-current": paper.id === state.paper ? "true" : false }, el("span.title", { dir: "auto" }, paper.title), el("span.under", { dir: "auto" }, app.names().get(paper.theme) ?? "–"));
    button.addEventListener("click", () => pick({ paper: paper.id }));
    return el("li", {}, button);
  }

  function drawPaper(paper, count) {
    if (!paper) {
      sheet.replaceChildren(el("p.none", {}, say("none_left")));
      return;
    }
    const rest = el("div.rest", {}, el("p.none", {}, say("loading")));
    sheet.replaceChildren(el("p.position", {}, say("position", { at: state.at + 1, n: count })), ...headOf(paper), placeOf(paper), buttonsOf(paper), rest);
    readMore(paper, rest);
  }

  function headOf(paper) {
    const link = paper.url ? el("a", { href: paper.url, target: "_blank", rel: "noopener noreferrer" }, paper.id) : paper.id;
    return [el("h2", { dir: "auto" }, paper.title), el("p.meta-line", {}, el("bdi", {}, [paper.by, paper.year].filter(Boolean).join(", ")), " · ", link)];
  }

  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", numberingSystem: "latn" });

  function placeOf(paper) {
    const rows = [];
    const add = (name, value) => rows.push(el("div", {}, el("dt", {}, name), el("dd", {}, value)));
    if (paper.theme) add(say(paper.outside ? "outside" : "stands"), el("strong", { dir: "auto" }, app.path(paper.theme)));
    else add(say(paper.excluded ? "excluded" : "nowhere"), "–");
    const mark = paper.how === "person" ? "pinned" : paper.unsure ? "unsure" : "";
    if (paper.theme) add(say("sure"), [`${percent.format(paper.sure)} `, mark && el("span.mark", {}, say(mark))]);
    if (paper.rival) add(say("rival"), el("span", { dir: "auto" }, app.path(paper.rival)));
    if (paper.words?.length) add(say("words"), paper.words.join(", "));
    return el("dl.place", {}, ...rows);
  }

  function buttonsOf(paper) {
    const button = (name, key, able, run) => {
      const made = el("button.tool", { type: "button", disabled: !able }, say(name), " ", el("kbd", {}, key));
      made.addEventListener("click", run);
      return made;
    };
    return el("div.row.verbs", {}, button("right", "p", paper.theme, keys.p), button("to_rival", "r", paper.rival, keys.r), button("move", "m", true, keys.m), button("exclude", "x", !paper.excluded, keys.x));
  }

  async function readMore(paper, rest) {
    let more;
    try {
      more = await app.api.get(`paper/${encodeURI(paper.id)}`);
    } catch (error) {
      rest.replaceChildren(el("p.none", {}, error.message));
      return;
    }
    const why = more.why.length ? [el("h3", {}, say("why")), el("ul", {}, ...more.why.map((words) => el("li", { dir: "auto" }, words)))] : [];
    const text = more.abstract ? [el("h3", {}, say(more.note ? "note" : "abstract")), el("p", { dir: "auto" }, more.abstract)] : [el("p.none", {}, say("no_abstract"))];
    rest.replaceChildren(...why, ...text);
  }

  // A decision removes the paper from a list of open ones and selects the next.
  async function decide(action) {
    const paper = current();
    if (!paper) return;
    const next = matching()[state.at + 1]?.id ?? "";
    if (await app.act({ ...action, paper: paper.id })) pick({ paper: matching().some((other) => other.id === paper.id) && state.kind === "all" ? paper.id : next });
  }

  const current = () => app.survey?.papers.find((paper) => paper.id === state.paper);
  const step = (by) => () => pick({ at: Math.max(0, Math.min(state.at + by, matching().length - 1)), paper: "" });
  const keys = {
    j: step(1),
    k: step(-1),
    ArrowDown: step(1),
    ArrowUp: step(-1),
    p: () => current()?.theme && decide(current().outside ? { action: "move", theme: current().theme } : { action: "pin" }),
    r: () => current()?.rival && decide({ action: "move", theme: current().rival }),
    x: () => current() && !current().excluded && decide({ action: "exclude" }),
    m: async () => {
      if (!current()) return;
      const theme = await app.choose(say("choose"), app.survey.themes.map((theme) => [theme.id, app.path(theme.id)]), current().rival ?? "");
      if (theme) await decide({ action: "move", theme });
    },
  };
  return { draw, keys, open: (paper) => pick({ kind: "all", query: "", paper }) };
}
