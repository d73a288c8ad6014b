// Bring the page to life: everything here is in addition to what stands on it without scripts.

import { startCard } from "./card.js";
import { startCatalogue } from "./catalogue.js";
import { readIsland, speaker } from "./data.js";
import { startHover } from "./hover.js";
import { turnLook } from "./look.js";
import { copyText } from "./parts.js";
import { readHash, writeHash } from "./state.js";

async function startPage() {
  const page = await readIsland(document.getElementById("data"));
  page.say = speaker(page.language, page.words);
  page.day = dayWriter(page.language);
  page.tell = (text) => (document.getElementById("said").textContent = text);
  page.papers.forEach((paper, at) => (paper.number = at + 1));
  page.order = page.order.map((at) => page.papers[at]);
  for (const node of document.querySelectorAll("[data-script]")) node.hidden = false;
  startHover(page, document.getElementById("hover"));
  startContents();
  startAddress(page);
  document.documentElement.dataset.ready = "";
}

function dayWriter(language) {
  const format = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC", numberingSystem: "latn" });
  return (date) => (date && date.length >= 10 ? format.format(new Date(date.slice(0, 10))) : (date ?? ""));
}

// Keep the address, the open card and the catalogue in step.
function startAddress(page) {
  const byId = new Map(page.papers.map((paper) => [paper.id, paper]));
  const dialog = document.getElementById("card");
  const root = document.querySelector(".catalogue");
  let chosen = {};
  const address = (state) => writeHash(state) || location.pathname + location.search;
  const changed = (state) => {
    chosen = state;
    history.replaceState(null, "", address(chosen));
    catalogue?.apply(chosen);
    page.tell(root.querySelector("[data-tally]").textContent);
  };
  const catalogue = root && startCatalogue(page, root, changed);
  const show = startCard(page, dialog, () => {
    if (readHash(location.hash)?.paper) history.replaceState(null, "", address(chosen));
  });
  const open = (id) => {
    history[dialog.open ? "replaceState" : "pushState"](null, "", writeHash({ ...chosen, paper: id }));
    show(byId.get(id));
  };
  const follow = (go) => {
    const { paper, ...state } = readHash(location.hash) ?? {};
    if (byId.has(paper)) show(byId.get(paper));
    else if (dialog.open) dialog.close();
    if (!Object.keys(state).length) return;
    chosen = state;
    catalogue?.apply(chosen);
    if (go && !paper) root?.closest("section").scrollIntoView();
  };
  addEventListener("popstate", () => follow(true));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const id = link && readHash(link.getAttribute("href"))?.paper; // a link in a drawing has no hash
    if (link?.dataset.leave !== undefined) dialog.close();
    if (!byId.has(id) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(id);
  });
  startTools(page, dialog, catalogue);
  follow(true);
}

function startTools(page, dialog, catalogue) {
  const tools = {
    search: () => catalogue?.focus(),
    look: turnLook,
    copy: (button) => copyText(button.parentElement.querySelector("code").textContent, button, page),
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) tools[button.dataset.do]?.(button);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key !== "/" || typing || dialog.open || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    tools.search();
  });
}

// Mark the section being read, and fold the contents away where they would push the page down.
function startContents() {
  const contents = document.querySelector(".contents details");
  const narrow = matchMedia("(max-width: 64rem)");
  const fold = () => (contents.open = !narrow.matches);
  narrow.addEventListener("change", fold);
  fold();
  contents.addEventListener("click", (event) => {
    if (narrow.matches && event.target.closest("a")) contents.open = false;
  });
  const links = new Map([...contents.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(target.id)?.setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-15% 0px -75% 0px" },
  );
  for (const section of document.querySelectorAll("section[id]")) watcher.observe(section);
}

startPage();
