// The sentences of the draft, which can be edited.

import { el } from "./build.js";

export function startText(app, root) {
  const { say } = app;
  const state = { lines: null, of: "", section: "" };
  const chosen = el("select", {});
  const list = el("ol.lines", {});
  root.replaceChildren(el("div.row", {}, el("label", {}, say("section"), " ", chosen)), list);
  chosen.addEventListener("change", () => {
    state.section = chosen.value;
    drawLines();
  });

  // Every decision may change the sentences, so they are loaded again after each.
  async function draw() {
    if (state.of === app.survey.state) return;
    state.of = app.survey.state;
    if (state.lines === null) list.replaceChildren(el("li.none", {}, say("loading")));
    try {
      state.lines = await app.api.get("lines");
    } catch (error) {
      state.of = "";
      list.replaceChildren(el("li.none", {}, error.message));
      return;
    }
    const sections = [...new Set(state.lines.map((line) => line.section))];
    if (!sections.includes(state.section)) state.section = sections.find((id) => id.startsWith("theme-")) ?? sections[0];
    const options = sections.map((id) => el("option", { value: id, selected: id === state.section }, app.path(id.replace(/^theme-/, "")) || id));
    chosen.replaceChildren(...options);
    drawLines();
  }

  function drawLines() {
    const lines = state.lines.filter((line) => line.section === state.section);
    list.replaceChildren(...lines.map((line) => row(line)));
  }

  function row(line) {
    const marks = [line.kind !== "sentence" && say(line.kind), line.by && say("by", { who: line.by })].filter(Boolean).map((text) => el("span.mark", {}, text));
    const warnings = line.doubts.length ? [el("span.mark.doubt", {}, say("doubt", { what: line.doubts.join(", ") }))] : [];
    const words = el("p", { dir: "auto" }, ...withCitations(line.text));
    const item = el("li", { class: line.kind }, words);
    const button = (name, run) => {
      const made = el("button.tool", { type: "button" }, say(name));
      made.addEventListener("click", run);
      return made;
    };
    const send = (action) => () => app.act({ action, section: line.section, sentence: line.claim });
    const buttons = line.kind === "waiting" ? [] : line.kind === "dropped" ? [button("bring_back", send("keep"))] : [button("edit", () => write(item, line)), button("drop", send("drop")), button("keep", send("keep"))];
    item.append(el("div.row.verbs", {}, ...marks, ...warnings, el("span.grow", {}), ...buttons));
    return item;
  }

  function write(item, line) {
    const area = el("textarea", { rows: 4, dir: "auto", "aria-label": say("edit") });
    area.value = line.text;
    const form = el("form.write", {}, area, el("p.none", {}, say("cite_hint")), el("div.row.verbs", {}, el("button.tool", { type: "button" }, say("cancel")), el("button.tool.main", { type: "submit" }, say("save"))));
    form.querySelector("button").addEventListener("click", drawLines);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      app.act({ action: "edit", section: line.section, sentence: line.claim, text: area.value });
    });
    item.replaceChildren(form);
    area.focus();
  }

  return { draw };
}

// The text with its citation marks set apart.
function withCitations(text) {
  return text.split(/(\[@[^\]\s]+\])/).map((part, at) => (at % 2 ? el("code.cite", {}, part) : part));
}
