// Start the interactive parts of the page of a paper, which shows everything without scripts.

import { toggleColorScheme } from "./color-scheme.js";

function startReview() {
  const said = document.getElementById("said");
  const pieces = [...document.querySelectorAll("[data-piece]")];
  const light = (claim) => {
    const [from, to] = claim ? claim.dataset.span.split(" ").map(Number) : [0, 0];
    for (const piece of pieces) piece.classList.toggle("lit", piece.dataset.piece >= from && piece.dataset.piece < to);
  };
  const copy = async (button) => {
    const source = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(source.textContent);
      said.textContent = button.textContent;
      button.dataset.done = "";
      setTimeout(() => delete button.dataset.done, 1500);
    } catch {
      getSelection().selectAllChildren(source);
    }
  };
  for (const node of document.querySelectorAll("[data-script]")) node.hidden = false;
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, (event) => light(event.target.closest("[data-span]")));
  document.addEventListener("click", (event) => {
    const languages = document.querySelector(".languages");
    if (languages && !languages.contains(event.target)) languages.open = false;
    const edition = event.target.closest(".languages a");
    if (edition) edition.hash = location.hash; // the same place in another language
    if (event.target.closest(".place[href^='#']")) light(event.target.closest("[data-span]"));
    const button = event.target.closest("[data-do]");
    if (button?.dataset.do === "look") toggleColorScheme();
    if (button?.dataset.do === "copy") copy(button);
  });
  document.addEventListener("keydown", (event) => {
    const languages = document.querySelector(".languages[open]");
    if (event.key !== "Escape" || !languages) return;
    languages.open = false;
    languages.querySelector("summary").focus();
  });
  const contents = document.querySelector(".contents details");
  const narrow = matchMedia("(max-width: 64rem)");
  const fold = () => (contents.open = !narrow.matches);
  narrow.addEventListener("change", fold);
  fold();
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details.evidence")) part.open = true;
  });
  document.documentElement.dataset.ready = "";
}

startReview();
