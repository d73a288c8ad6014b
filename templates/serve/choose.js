// Let the person choose a theme, by typing or from the list.

import { el } from "./build.js";

// Return a function that opens the dialog with [id, name] pairs, one of them chosen at first, and gives the id, or "".
export function chooser(dialog) {
  const field = dialog.querySelector("input");
  const list = dialog.querySelector("select");
  const title = dialog.querySelector("h2");
  let options = [];
  let first = "";
  const fill = () => {
    const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = options.filter(([id, name]) => wanted.every((word) => `${name} ${id}`.toLowerCase().includes(word)));
    list.replaceChildren(...found.map(([id, name]) => el("option", { value: id }, name)));
    if (found.length) list.selectedIndex = Math.max(found.findIndex(([id]) => id === first), 0);
  };
  field.addEventListener("input", fill);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    list.focus();
  });
  const take = () => dialog.close(list.value ? "take" : "");
  list.addEventListener("dblclick", take);
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.matches("button")) return;
    event.preventDefault();
    take();
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
