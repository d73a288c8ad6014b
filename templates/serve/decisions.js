// The log of decisions, newest first.

import { el } from "./build.js";

export function showDecisions(app, root) {
  const rows = app.survey.decisions.map((decision) => {
    const mark = decision.undone ? [" ", el("span.mark", {}, app.say("taken_back"))] : [];
    return el("li", { class: decision.undone ? "undone" : false }, el("span", { dir: "auto" }, decision.text), ...mark, el("small", {}, `${decision.author} · ${decision.at.slice(0, 16).replace("T", " ")} UTC`));
  });
  root.replaceChildren(rows.length ? el("ol.decisions", { reversed: true }, ...rows) : el("p.none", {}, app.say("no_decisions")));
}
