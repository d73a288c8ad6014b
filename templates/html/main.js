// Start the interactive parts of the page, which shows all text without scripts.

import { el } from "./build.js";
import { startCard } from "./card.js";
import { startCatalogue } from "./catalogue.js";
import { canRead, readData, translator } from "./data.js";
import { startHover } from "./hover.js";
import { toggleColorScheme } from "./color-scheme.js";
import { startMap } from "./map.js";
import { ARXIV_ID, copyText } from "./paper-view.js";
import { readHash, writeHash } from "./state.js";
import { fillTables } from "./tables.js";
import { startYears } from "./years.js";

async function startPage() {
  const data = document.getElementById("data");
  if (!canRead(data)) return document.documentElement.classList.remove("scripted"); // as without scripts
  const page = await readData(data);
  page.say = translator(page.language, page.words);
  page.day = dayWriter(page.language);
  page.count = (n) => n.toLocaleString(page.language, { numberingSystem: "latn" });
  page.announce = (text) => (document.getElementById("said").textContent = text);
  page.papers.forEach((paper, at) => {
    paper.place = at;
    paper.number ??= at + 1;
    if (ARXIV_ID.test(paper.id)) paper.arxiv = paper.id;
  });
  page.byNumber = new Map(page.papers.map((paper) => [paper.number, paper]));
  page.order = page.order.map((at) => page.papers[at]);
  for (const node of document.querySelectorAll("[data-script]")) node.hidden = false;
  fillTables(page);
  labelTables(page);
  const cards = startHover(page, document.getElementById("hover"));
  startContents();
  startAddress(page, cards);
  document.documentElement.dataset.ready = "";
}

function dayWriter(language) {
  const format = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC", numberingSystem: "latn" });
  return (date) => (date && date.length >= 10 ? format.format(new Date(date.slice(0, 10))) : (date ?? ""));
}

// Label table cells with their column for narrow screens, and links back to citations for screen readers.
function labelTables(page) {
  for (const table of document.querySelectorAll(".compare")) {
    const names = [...table.tHead.rows[0].cells].map((head) => head.textContent);
    for (const cell of table.querySelectorAll("td")) cell.dataset.column = names[cell.cellIndex];
  }
  for (const list of document.querySelectorAll(".references[data-lean]")) addBacklinks(list);
  for (const back of document.querySelectorAll(".backs a")) back.ariaLabel = page.say("back", { n: Number(back.textContent) });
}

// Link each reference back to the places that cite it.
function addBacklinks(list) {
  for (const cite of document.querySelectorAll("main .cite[id]")) {
    const item = document.getElementById(cite.hash.slice(1));
    if (item?.parentElement !== list) continue;
    const backs = item.querySelector(".backs") ?? item.appendChild(el("span.backs"));
    backs.append(" ", el("a", { href: `#${cite.id}` }, String(backs.childElementCount + 1)));
  }
}

// Synchronize the address, the open card and the catalogue.
function startAddress(page, cards) {
  const byId = new Map(page.order.map((paper) => [paper.id, paper]));
  const dialog = document.getElementById("card");
  const root = document.querySelector(".catalogue");
  let chosen = {};
  const watchers = []; // functions that take the papers found and may return an element that describes them
  const find = () => {
    if (!catalogue) return;
    const found = catalogue.apply(chosen);
    const shown = watchers.map((mark) => mark(found));
    page.announce([root.querySelector("[data-tally]"), ...shown].map((node) => node?.textContent).filter(Boolean).join(" "));
  };
  const address = (state) => writeHash(state) || location.pathname + location.search;
  const changed = (state) => {
    chosen = state;
    history.replaceState(null, "", address(chosen));
    find();
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
    find();
    if (go && !paper) root?.closest("section").scrollIntoView();
  };
  addEventListener("popstate", () => follow(true));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href*='#']");
    const [file, place] = (link?.getAttribute("href") ?? "").split("#"); // links in SVG have no hash property
    if (link?.dataset.leave !== undefined) dialog.close();
    const ofRow = link?.matches(".compare th a") ? page.byNumber.get(Number(place.slice("ref-".length))) : undefined;
    const paper = byId.get(ofRow?.id ?? (link && readHash(`#${place}`)?.paper));
    const elsewhere = !paper || (file && file !== page.pages[paper.page]) || link.dataset.away !== undefined;
    if (elsewhere || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(paper.id);
  });
  const map = document.querySelector(".map");
  if (map && page.order.some((paper) => paper.x !== undefined)) watchers.push(startMap(page, map, cards, (paper) => open(paper.id)).mark);
  const years = document.querySelector(".years");
  if (years) watchers.push(startYears(page, years).mark);
  startTools(page, dialog, catalogue);
  follow(true);
}

function startTools(page, dialog, catalogue) {
  const tools = {
    search: () => catalogue?.focus(),
    look: toggleColorScheme,
    copy: (button) => copyText(button.parentElement.querySelector("code").textContent, button, page),
  };
  document.addEventListener("click", (event) => {
    const languages = document.querySelector(".languages");
    if (languages && !languages.contains(event.target)) languages.open = false;
    const edition = event.target.closest(".languages a");
    if (edition) edition.hash = location.hash; // the same place, paper and filters in another language
    const button = event.target.closest("[data-do]");
    if (button) tools[button.dataset.do]?.(button);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key !== "/" || typing || dialog.open || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    tools.search();
  });
  document.addEventListener("keydown", (event) => {
    const languages = document.querySelector(".languages[open]");
    if (event.key !== "Escape" || !languages) return;
    languages.open = false;
    languages.querySelector("summary").focus();
  });
}

// Mark the current section in the contents, and collapse the contents on narrow screens.
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
