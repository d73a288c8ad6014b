// The dialog for choosing a theme, by typing or from the list.

import { el } from "./build.js";

// Returns a function that opens the dialog with [id, name] pairs and resolves to the chosen id, or "".
export function themeDialog(dialog) {
  const field = dialog.querySelector("input");
  const list = dialog.querySelector("select");
  const title = dialog.querySelector("h2");
  let options = [];
  let first = "";
  const fill = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const matching = options.filter(([id, name]) => words.every((word) => `${name} ${id}`.toLowerCase().includes(word)));
    list.replaceChildren(...matching.map(([id, name]) => el("option", { value: id }, name)));
    if (matching.length) list.selectedIndex = Math.max(matching.findIndex(([id]) => id === first), 0);
  };
  field.addEventListener("input", fill);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    list.focus();
  });
  const accept = () => dialog.close(list.value ? "take" : "");
  list.addEventListener("dblclick", accept);
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.matches("button")) return;
    event.preventDefault();
    accept();
  });
  return (heading, pairs, chosen = "") =>
    new Promise((resolve) => {
      options = pairs;
      first = chosen;
      field.value = "";
      title.textContent = heading;
      dialog.returnValue = "";
      fill();
      dialog.showModal();
      field.focus();
      list.selectedOptions[0]?.scrollIntoView({ block: "nearest" });
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "take" ? list.value : ""), { once: true });
    });
}
