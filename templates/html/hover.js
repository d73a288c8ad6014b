// The preview of a citation: title, authors, year, and the sentence that supports the claim.

import { el, rich } from "./build.js";
import { addressOfPaper, authorsLine, themeMark } from "./paper-view.js";

const SHOW_DELAY = 160; // milliseconds, so that a passing pointer opens nothing
const HIDE_DELAY = 250; // milliseconds, time to move the pointer to the preview

// Returns { show(paper, box), hide() } for previews at other places than citations.
export function startHover(page, box) {
  let timer = 0;
  let from = null;
  const hide = () => {
    clearTimeout(timer);
    from?.removeAttribute("aria-describedby");
    from = null;
    box.hidden = true;
  };
  const later = (delay, action) => {
    clearTimeout(timer);
    timer = setTimeout(action, delay);
  };
  const show = (link) => {
    const paper = page.byNumber.get(Number(link.hash.slice("#ref-".length)));
    if (!paper) return;
    hide();
    from = link;
    box.replaceChildren(...contentOf(page, paper, link));
    box.hidden = false;
    link.setAttribute("aria-describedby", box.id);
    place(box, link.getBoundingClientRect());
  };
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const link = event.target.closest("a.cite");
    if (link && link !== from) later(SHOW_DELAY, () => show(link));
    else if (event.target.closest("#hover") || link) clearTimeout(timer);
    else if (from || timer) later(HIDE_DELAY, hide);
  });
  document.addEventListener("focusin", (event) => {
    const link = event.target.closest("a.cite");
    if (link?.matches(":focus-visible")) show(link);
    else if (!event.target.closest("#hover")) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  document.addEventListener("click", hide);
  return {
    hide,
    show(paper, at) {
      hide();
      box.replaceChildren(...contentOf(page, paper));
      box.hidden = false;
      place(box, at);
      page.announce(box.textContent);
    },
  };
}

function contentOf(page, paper, link) {
  const parts = [
    el("p.hover-top", {}, themeMark(page, paper, false), el("span.year", {}, paper.year ?? "")),
    el("p.hover-title", {}, el("a", { href: addressOfPaper(page, paper), dir: "auto" }, ...rich(paper.title))),
    el("p.by", { dir: "auto" }, authorsLine(paper, 3)),
  ];
  if (!link?.dataset.q || !paper.abstract) return parts;
  const [start, end] = link.dataset.q.split(" ").map(Number);
  const words = paper.abstract.slice(start, end).flatMap(rich);
  const name = page.say(paper.kind === "note" ? "from_note" : "from_abstract");
  return [...parts, el("blockquote", { dir: "auto" }, ...words), el("p.hover-from", {}, name)];
}

function place(box, at) {
  const room = document.documentElement.clientWidth;
  const width = box.offsetWidth;
  const left = Math.min(Math.max(8, at.left + at.width / 2 - width / 2), room - width - 8);
  const below = at.bottom + box.offsetHeight + 12 < innerHeight || at.top < box.offsetHeight + 12;
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${(below ? at.bottom + 8 : at.top - box.offsetHeight - 8) + scrollY}px`;
}
