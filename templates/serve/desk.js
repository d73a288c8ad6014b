// The page of the person who curates: shows the survey, asks the server, and shows what followed.

import { asker } from "./ask.js";
import { chooser } from "./choose.js";
import { showDecisions } from "./decisions.js";
import { startRebuild } from "./rebuild.js";
import { startText } from "./text.js";
import { startThemes } from "./themes.js";
import { startTriage } from "./triage.js";
import { el } from "./build.js";

const VIEWS = ["triage", "themes", "text", "log"];
const at = (id) => document.getElementById(id);

async function startDesk() {
  const { key, words } = JSON.parse(at("data").textContent);
  const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, value) => values[value]);
  const tell = (text, bad = false) => {
    at("said").textContent = text;
    at("said").classList.toggle("bad", bad);
  };
  const desk = { say, tell, ask: asker(key), view: "triage", survey: null };
  desk.choose = chooser(at("choose"));
  desk.names = () => new Map(desk.survey.themes.map((theme) => [theme.id, theme.name]));
  desk.path = (id) => pathOf(desk.survey.themes, id);
  desk.show = (view) => show(desk, view);
  const parts = { triage: startTriage(desk, at("triage")), themes: startThemes(desk, at("themes")), text: startText(desk, at("text")), log: { draw: () => showDecisions(desk, at("log")) } };
  desk.parts = parts;
  desk.take = (survey) => take(desk, survey);
  desk.act = (order) => act(desk, order);
  const rebuild = startRebuild(desk, at("rebuild"), at("build"));
  at("undo").addEventListener("click", () => desk.act({ action: "undo" }));
  for (const tab of document.querySelectorAll("[data-view]")) tab.addEventListener("click", () => show(desk, tab.dataset.view));
  document.querySelector(".views").addEventListener("keydown", (event) => walkTabs(desk, event));
  document.addEventListener("keydown", (event) => press(desk, rebuild, event));
  await load(desk);
  document.documentElement.dataset.ready = "";
}

async function load(desk, told = "") {
  try {
    take(desk, await desk.ask.get("overview"));
    desk.tell(told || desk.say(desk.survey.pending ? "pending" : "current"), Boolean(told));
  } catch (error) {
    desk.tell(failure(desk, error), true);
  }
}

function take(desk, survey) {
  desk.survey = survey;
  at("undo").disabled = !survey.undo;
  at("undo").title = survey.undo ? desk.say("undo_what", { what: survey.undo }) : desk.say("nothing_to_undo");
  at("rebuild").classList.toggle("wanted", survey.pending);
  const links = survey.drafts.map((code) => el("a.tool", { href: `/draft/${code}`, target: "_blank", rel: "noopener" }, desk.say("open_draft", { code })));
  at("drafts").replaceChildren(...links);
  desk.parts[desk.view].draw();
}

async function act(desk, order) {
  if (desk.busy || !desk.survey) return false;
  desk.busy = true;
  desk.tell(desk.say("working"));
  document.body.setAttribute("aria-busy", "true");
  try {
    const survey = await desk.ask.post("act", { ...order, state: desk.survey.state });
    take(desk, survey);
    desk.tell(effect(desk, survey));
    return true;
  } catch (error) {
    if (error.status === 409) await load(desk, `${error.message}. ${desk.say("reload")}`);
    else desk.tell(failure(desk, error), true);
    return false;
  } finally {
    desk.busy = false;
    document.body.removeAttribute("aria-busy");
  }
}

function effect(desk, survey) {
  if (!survey.decided) return desk.say("so_already");
  const followed = survey.moved.length ? ` ${desk.say("followed", { n: survey.moved.length })}` : "";
  const shown = survey.moved.slice(0, 3).map((one) => ` ${one.title}: ${one.from} → ${one.to}.`).join("");
  return desk.say("done", { what: survey.decided }) + followed + shown;
}

function failure(desk, error) {
  if (!error.status) return desk.say("lost");
  return error.hint ? `${error.message} (${error.hint})` : error.message;
}

function show(desk, view) {
  desk.view = view;
  for (const name of VIEWS) {
    at(name).hidden = name !== view;
    at(`tab-${name}`).setAttribute("aria-selected", String(name === view));
    at(`tab-${name}`).tabIndex = name === view ? 0 : -1;
  }
  if (desk.survey) desk.parts[view].draw();
}

function walkTabs(desk, event) {
  const on = document.documentElement.dir === "rtl" ? -1 : 1;
  const step = { ArrowRight: on, ArrowLeft: -on }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  show(desk, VIEWS[(VIEWS.indexOf(desk.view) + step + VIEWS.length) % VIEWS.length]);
  at(`tab-${desk.view}`).focus();
}

// Keys of the whole page; none of them is taken from a field or from the browser.
function press(desk, rebuild, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select") || document.querySelector("dialog[open]")) return;
  const view = VIEWS[Number(event.key) - 1];
  const keys = { u: () => desk.survey?.undo && desk.act({ action: "undo" }), b: rebuild };
  const done = view ? () => show(desk, view) : (keys[event.key] ?? desk.parts[desk.view].keys?.[event.key]);
  if (!done) return;
  event.preventDefault();
  done();
}

function pathOf(themes, id) {
  const known = new Map(themes.map((theme) => [theme.id, theme]));
  const names = [];
  for (let theme = known.get(id); theme; theme = known.get(theme.parent)) names.unshift(theme.name);
  return names.join(" › ");
}

startDesk();
