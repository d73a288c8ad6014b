// Turn slides by key and button. They lie below each other, so that a phone scrolls, a search finds, paper prints.

import { turnLook } from "./look.js";

// Which way a key turns: 1 on, -1 back, 0 not at all. In a script from right to left the arrows change sides.
export function wayOf(key, shift, rightToLeft) {
  if (key === "PageDown") return 1;
  if (key === "PageUp") return -1;
  if (key === " ") return shift ? -1 : 1;
  if (key === "ArrowRight") return rightToLeft ? -1 : 1;
  if (key === "ArrowLeft") return rightToLeft ? 1 : -1;
  return 0;
}

// The slide at the middle of the window, given the upper edges of all.
export function slideAt(edges, height) {
  return Math.max(edges.filter((edge) => edge <= height / 2).length - 1, 0);
}

function startDeck() {
  const slides = [...document.querySelectorAll(".slide")];
  const told = document.querySelector(".at");
  const rightToLeft = document.documentElement.dir === "rtl";
  const at = () => slideAt(slides.map((slide) => slide.getBoundingClientRect().top), innerHeight);
  const turn = (way) => slides[Math.min(Math.max(at() + way, 0), slides.length - 1)].scrollIntoView();
  const tell = () => (told.textContent = `${at() + 1} / ${slides.length}`);
  const tools = { look: turnLook, back: () => turn(-1), on: () => turn(1) };
  document.addEventListener("click", (event) => tools[event.target.closest("[data-do]")?.dataset.do]?.());
  document.addEventListener("keydown", (event) => {
    const way = wayOf(event.key, event.shiftKey, rightToLeft);
    const pressed = event.key === " " && event.target.closest("a, button, summary");
    if (!way || pressed || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    turn(way);
  });
  document.addEventListener("scrollend", () => history.replaceState(null, "", `#${slides[at()].id}`));
  document.addEventListener("scroll", tell, { passive: true });
  for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;
  tell();
  document.documentElement.dataset.ready = "";
}

if (typeof document !== "undefined") startDeck();
