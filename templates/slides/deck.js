// Turn slides by key and button. The slides are one scrollable page, which also works on phones, in search and in print.

import { toggleColorScheme } from "./color-scheme.js";

// The step of a key: 1 next, -1 previous, 0 none. Right to left exchanges the arrows.
export function stepOf(key, shift, rightToLeft) {
  if (key === "PageDown") return 1;
  if (key === "PageUp") return -1;
  if (key === " ") return shift ? -1 : 1;
  if (key === "ArrowRight") return rightToLeft ? -1 : 1;
  if (key === "ArrowLeft") return rightToLeft ? 1 : -1;
  return 0;
}

// The index of the slide in the middle of the window, given the top edges of all slides.
export function slideAt(edges, height) {
  return Math.max(edges.filter((edge) => edge <= height / 2).length - 1, 0);
}

function startDeck() {
  const slides = [...document.querySelectorAll(".slide")];
  const position = document.querySelector(".at");
  const rightToLeft = document.documentElement.dir === "rtl";
  const at = () => slideAt(slides.map((slide) => slide.getBoundingClientRect().top), innerHeight);
  const turn = (step) => slides[Math.min(Math.max(at() + step, 0), slides.length - 1)].scrollIntoView();
  const showPosition = () => (position.textContent = `${at() + 1} / ${slides.length}`);
  const tools = { look: toggleColorScheme, back: () => turn(-1), on: () => turn(1) };
  document.addEventListener("click", (event) => tools[event.target.closest("[data-do]")?.dataset.do]?.());
  document.addEventListener("keydown", (event) => {
    const step = stepOf(event.key, event.shiftKey, rightToLeft);
    const pressed = event.key === " " && event.target.closest("a, button, summary");
    if (!step || pressed || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    turn(step);
  });
  document.addEventListener("scrollend", () => history.replaceState(null, "", `#${slides[at()].id}`));
  document.addEventListener("scroll", showPosition, { passive: true });
  for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;
  showPosition();
  document.documentElement.dataset.ready = "";
}

if (typeof document !== "undefined") startDeck();
