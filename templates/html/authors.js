// The author filter: an ARIA combobox that lists matching names with their numbers of papers.

import { el } from "./build.js";
import { authorsAmong } from "./facets.js";

const MAX_NAMES = 12; // in the list

// `among()` returns the papers that match all other filters.
export function startAuthors(page, field, among) {
  const box = el("ul", { id: "authors", role: "listbox", "aria-label": field.ariaLabel, hidden: true });
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", box.id]]) field.setAttribute(name, value);
  field.after(box);
  const options = () => [...box.children];
  const close = () => {
    box.hidden = true;
    field.ariaExpanded = "false";
    field.removeAttribute("aria-activedescendant");
  };
  const open = () => {
    const found = authorsAmong(among(), field.value, MAX_NAMES);
    box.replaceChildren(...found.map(([name, n], at) => el("li", { role: "option", id: `author-${at}`, "data-name": name, "aria-selected": "false" }, el("bdi", {}, name), ` (${page.count(n)})`)));
    box.hidden = !found.length;
    field.ariaExpanded = String(Boolean(found.length));
    field.removeAttribute("aria-activedescendant");
  };
  const take = (option) => {
    field.value = option.dataset.name;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  };
  const step = (way) => {
    if (box.hidden) open();
    const all = options();
    const now = all.findIndex((option) => option.ariaSelected === "true");
    const next = all[(now < 0 ? (way > 0 ? 0 : all.length - 1) : now + way + all.length) % all.length];
    if (!next) return;
    for (const option of all) option.ariaSelected = String(option === next);
    field.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  };
  const keys = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => options().filter((option) => !box.hidden && option.ariaSelected === "true").forEach(take),
    Escape: () => (box.hidden ? undefined : close()),
  };
  field.addEventListener("input", open);
  field.addEventListener("click", () => box.hidden && open());
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key !== "Escape" || !box.hidden) event.preventDefault();
    keys[event.key]();
  });
  box.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
}
