// What was decided, the last first.

import { el } from "./build.js";

export function showDecisions(desk, root) {
  const rows = desk.survey.decisions.map((one) => {
    const back = one.undone ? [" ", el("span.mark", {}, desk.say("taken_back"))] : [];
    return el("li", { class: one.undone ? "undone" : false }, el("span", { dir: "auto" }, one.text), ...back, el("small", {}, `${one.author} · ${one.at.slice(0, 16).replace("T", " ")} UTC`));
  });
  root.replaceChildren(rows.length ? el("ol.decisions", { reversed: true }, ...rows) : el("p.none", {}, desk.say("no_decisions")));
}
