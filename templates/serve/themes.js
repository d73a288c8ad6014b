// The tree of themes, the actions on a theme, and proposals.

import { el } from "./build.js";

export function startThemes(app, root) {
  const { say } = app;
  const state = { theme: "", proposals: null };
  const proposals = el("div.proposals", {});
  const tree = el("ol.queue.branches", { "aria-label": say("themes") });
  const sheet = el("article.paper", {});
  root.replaceChildren(proposals, el("div.panes", {}, el("div.side", {}, tree), sheet));

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
    const { themes } = app.survey;
    if (!themes.some((theme) => theme.id === state.theme)) state.theme = themes[0]?.id ?? "";
    tree.replaceChildren(...themes.map((theme) => node(theme)));
    drawTheme(themes.find((theme) => theme.id === state.theme));
    drawProposals();
  }

  function node(theme) {
    const depth = app.path(theme.id).split(" › ").length - 1;
    const made = el("button", { type: "button", "aria-current": theme.id === state.theme ? "true" : false, class: `depth-${Math.min(depth, 3)}` }, el("span.title", { dir: "auto" }, theme.name), el("span.count", {}, theme.size));
    made.addEventListener("click", () => pick(theme.id));
    return el("li", {}, made);
  }

  function drawTheme(theme) {
    if (!theme) {
      sheet.replaceChildren();
      return;
    }
    const papers = app.survey.papers.filter((paper) => paper.theme === theme.id && !paper.outside);
    const rows = papers.map((paper) => {
      const made = el("button.link", { type: "button", dir: "auto" }, paper.title);
      made.addEventListener("click", () => (app.show("triage"), app.parts.triage.open(paper.id)));
      return el("li", {}, made, paper.unsure ? [" ", el("span.mark", {}, say("unsure"))] : []);
    });
    const parts = [el("h2", { dir: "auto" }, theme.name), el("p.meta-line", {}, `${theme.id} · ${theme.size}`), theme.description ? el("p", { dir: "auto" }, theme.description) : "", actionsOf(theme), el("h3", {}, say("papers")), el("ul.plain", {}, ...rows)];
    sheet.replaceChildren(...parts.filter(Boolean));
  }

  function actionsOf(theme) {
    const name = el("input", { type: "text", value: theme.name, "aria-label": say("name"), autocomplete: "off", dir: "auto" });
    const form = el("form.row.verbs", {}, name, el("button.tool", { type: "submit" }, say("rename")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      app.act({ action: "rename", theme: theme.id, name: name.value });
    });
    const whole = !app.survey.themes.some((other) => other.parent === theme.id);
    const split = button("split", () => app.act({ action: "split", theme: theme.id }), whole);
    if (!whole) split.title = say("has_parts");
    return el("div", {}, form, el("div.row.verbs", {}, button("merge", () => merge(theme)), split));
  }

  async function merge(theme) {
    const others = app.survey.themes.filter((other) => other.id !== theme.id).map((other) => [other.id, app.path(other.id)]);
    const into = await app.choose(`${theme.name}: ${say("merge")}`, others);
    if (into && (await app.act({ action: "merge", theme: theme.id, into }))) pick(into);
  }

  function drawProposals() {
    const head = [el("h2", {}, say("proposals"))];
    if (state.proposals === null) {
      proposals.replaceChildren(...head, button("look", load));
      return;
    }
    const rows = state.proposals.map((proposal) => {
      const accept = button("accept", async () => (await app.act({ action: "accept", proposal: proposal.id })) && load());
      return el("li", {}, el("span", { dir: "auto" }, proposal.text, el("small", {}, proposal.reason)), accept);
    });
    proposals.replaceChildren(...head, rows.length ? el("ul.plain", {}, ...rows) : el("p.none", {}, say("no_proposals")));
  }

  async function load() {
    app.tell(say("working"));
    try {
      state.proposals = await app.api.get("proposals");
      app.tell("");
    } catch (error) {
      app.tell(error.message, true);
    }
    drawProposals();
  }

  const step = (by) => () => {
    const at = app.survey.themes.findIndex((theme) => theme.id === state.theme) + by;
    if (app.survey.themes[at]) pick(app.survey.themes[at].id);
  };
  return { draw, keys: { j: step(1), k: step(-1), ArrowDown: step(1), ArrowUp: step(-1) } };
}
