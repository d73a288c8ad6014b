// The tree of themes, what can be done with each, and what is proposed.

import { el } from "./build.js";

export function startThemes(desk, root) {
  const { say } = desk;
  const state = { theme: "", proposals: null };
  const offered = el("div.proposals", {});
  const tree = el("ol.queue.branches", { "aria-label": say("themes") });
  const sheet = el("article.paper", {});
  root.replaceChildren(offered, el("div.panes", {}, el("div.side", {}, tree), sheet));

  const button = (name, run, able = true) => {
    const made = el("button.tool", { type: "button", disabled: !able }, say(name));
    made.addEventListener("click", run);
    return made;
  };

  function pick(theme) {
    state.theme = theme;
    draw();
  }

  function draw() {
    const { themes } = desk.survey;
    if (!themes.some((theme) => theme.id === state.theme)) state.theme = themes[0]?.id ?? "";
    tree.replaceChildren(...themes.map((theme) => node(theme)));
    drawTheme(themes.find((theme) => theme.id === state.theme));
    drawProposals();
  }

  function node(theme) {
    const depth = desk.path(theme.id).split(" › ").length - 1;
    const made = el("button", { type: "button", "aria-current": theme.id === state.theme ? "true" : false, class: `depth-${Math.min(depth, 3)}` }, el("span.title", { dir: "auto" }, theme.name), el("span.count", {}, theme.size));
    made.addEventListener("click", () => pick(theme.id));
    return el("li", {}, made);
  }

  function drawTheme(theme) {
    if (!theme) {
      sheet.replaceChildren();
      return;
    }
    const papers = desk.survey.papers.filter((paper) => paper.theme === theme.id && !paper.outside);
    const rows = papers.map((paper) => {
      const made = el("button.link", { type: "button", dir: "auto" }, paper.title);
      made.addEventListener("click", () => (desk.show("triage"), desk.parts.triage.open(paper.id)));
      return el("li", {}, made, paper.unsure ? [" ", el("span.mark", {}, say("unsure"))] : []);
    });
    const parts = [el("h2", { dir: "auto" }, theme.name), el("p.meta-line", {}, `${theme.id} · ${theme.size}`), theme.description ? el("p", { dir: "auto" }, theme.description) : "", verbsOf(theme), el("h3", {}, say("papers")), el("ul.plain", {}, ...rows)];
    sheet.replaceChildren(...parts.filter(Boolean));
  }

  function verbsOf(theme) {
    const name = el("input", { type: "text", value: theme.name, "aria-label": say("name"), autocomplete: "off", dir: "auto" });
    const form = el("form.row.verbs", {}, name, el("button.tool", { type: "submit" }, say("rename")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      desk.act({ action: "rename", theme: theme.id, name: name.value });
    });
    const whole = !desk.survey.themes.some((one) => one.parent === theme.id);
    const split = button("split", () => desk.act({ action: "split", theme: theme.id }), whole);
    if (!whole) split.title = say("has_parts");
    return el("div", {}, form, el("div.row.verbs", {}, button("merge", () => merge(theme)), split));
  }

  async function merge(theme) {
    const others = desk.survey.themes.filter((one) => one.id !== theme.id).map((one) => [one.id, desk.path(one.id)]);
    const into = await desk.choose(`${theme.name}: ${say("merge")}`, others);
    if (into && (await desk.act({ action: "merge", theme: theme.id, into }))) pick(into);
  }

  function drawProposals() {
    const head = [el("h2", {}, say("proposals"))];
    if (state.proposals === null) {
      offered.replaceChildren(...head, button("look", look));
      return;
    }
    const rows = state.proposals.map((one) => {
      const accept = button("accept", async () => (await desk.act({ action: "accept", proposal: one.id })) && look());
      return el("li", {}, el("span", { dir: "auto" }, one.text, el("small", {}, one.reason)), accept);
    });
    offered.replaceChildren(...head, rows.length ? el("ul.plain", {}, ...rows) : el("p.none", {}, say("no_proposals")));
  }

  async function look() {
    desk.tell(say("working"));
    try {
      state.proposals = await desk.ask.get("proposals");
      desk.tell("");
    } catch (error) {
      desk.tell(error.message, true);
    }
    drawProposals();
  }

  const walk = (by) => () => {
    const at = desk.survey.themes.findIndex((theme) => theme.id === state.theme) + by;
    if (desk.survey.themes[at]) pick(desk.survey.themes[at].id);
  };
  return { draw, keys: { j: walk(1), k: walk(-1), ArrowDown: walk(1), ArrowUp: walk(-1) } };
}
