// The curation page: shows the survey, sends actions to the server, and shows their effects.

import { apiClient } from "./api.js";
import { themeDialog } from "./theme-dialog.js";
import { showDecisions } from "./decisions.js";
import { startRebuild } from "./rebuild.js";
import { startText } from "./text.js";
import { startThemes } from "./themes.js";
import { startTriage } from "./triage.js";
import { el } from "./build.js";

const VIEWS = ["triage", "themes", "text", "log"];
const at = (id) => document.getElementById(id);

async function startCuration() {
  const { key, words } = JSON.parse(at("data").textContent);
  const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, value) => values[value]);
  const tell = (text, bad = false) => {
    at("said").textContent = text;
    at("said").classList.toggle("bad", bad);
  };
  const app = { say, tell, api: apiClient(key), view: "triage", survey: null };
  app.choose = themeDialog(at("choose"));
  app.names = () => new Map(app.survey.themes.map((theme) => [theme.id, theme.name]));
  app.path = (id) => pathOf(app.survey.themes, id);
  app.show = (view) => show(app, view);
  const parts = { triage: startTriage(app, at("triage")), themes: startThemes(app, at("themes")), text: startText(app, at("text")), log: { draw: () => showDecisions(app, at("log")) } };
  app.parts = parts;
  app.update = (survey) => update(app, survey);
  app.act = (action) => act(app, action);
  const rebuild = startRebuild(app, at("rebuild"), at("build"));
  at("undo").addEventListener("click", () => app.act({ action: "undo" }));
  for (const tab of document.querySelectorAll("[data-view]")) tab.addEventListener("click", () => show(app, tab.dataset.view));
  document.querySelector(".views").addEventListener("keydown", (event) => moveTab(app, event));
  document.addEventListener("keydown", (event) => handleKey(app, rebuild, event));
  await load(app);
  document.documentElement.dataset.ready = "";
}

async function load(app, message = "") {
  try {
    update(app, await app.api.get("overview"));
    app.tell(message || app.say(app.survey.pending ? "pending" : "current"), Boolean(message));
  } catch (error) {
    app.tell(failure(app, error), true);
  }
}

function update(app, survey) {
  app.survey = survey;
  at("undo").disabled = !survey.undo;
  at("undo").title = survey.undo ? app.say("undo_what", { what: survey.undo }) : app.say("nothing_to_undo");
  at("rebuild").classList.toggle("wanted", survey.pending);
  const links = survey.drafts.map((code) => el("a.tool", { href: `/draft/${code}`, target: "_blank", rel: "noopener" }, app.say("open_draft", { code })));
  at("drafts").replaceChildren(...links);
  app.parts[app.view].draw();
}

async function act(app, action) {
  if (app.busy || !app.survey) return false;
  app.busy = true;
  app.tell(app.say("working"));
  document.body.setAttribute("aria-busy", "true");
  try {
    const survey = await app.api.post("act", { ...action, state: app.survey.state });
    update(app, survey);
    app.tell(effect(app, survey));
    return true;
  } catch (error) {
    if (error.status === 409) await load(app, `${error.message}. ${app.say("reload")}`);
    else app.tell(failure(app, error), true);
    return false;
  } finally {
    app.busy = false;
    document.body.removeAttribute("aria-busy");
  }
}

function effect(app, survey) {
  if (!survey.decided) return app.say("so_already");
  const followed = survey.moved.length ? ` ${app.say("followed", { n: survey.moved.length })}` : "";
  const shown = survey.moved.slice(0, 3).map((move) => ` ${move.title}: ${move.from} → ${move.to}.`).join("");
  return app.say("done", { what: survey.decided }) + followed + shown;
}

function failure(app, error) {
  if (!error.status) return app.say("lost");
  return error.hint ? `${error.message} (${error.hint})` : error.message;
}

function show(app, view) {
  app.view = view;
  for (const name of VIEWS) {
    at(name).hidden = name !== view;
    at(`tab-${name}`).setAttribute("aria-selected", String(name === view));
    at(`tab-${name}`).tabIndex = name === view ? 0 : -1;
  }
  if (app.survey) app.parts[view].draw();
}

function moveTab(app, event) {
  const forward = document.documentElement.dir === "rtl" ? -1 : 1;
  const step = { ArrowRight: forward, ArrowLeft: -forward }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  show(app, VIEWS[(VIEWS.indexOf(app.view) + step + VIEWS.length) % VIEWS.length]);
  at(`tab-${app.view}`).focus();
}

// Keys of the whole page; keys of fields, dialogs and the browser are left alone.
function handleKey(app, rebuild, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select") || document.querySelector("dialog[open]")) return;
  const view = VIEWS[Number(event.key) - 1];
  const keys = { u: () => app.survey?.undo && app.act({ action: "undo" }), b: rebuild };
  const run = view ? () => show(app, view) : (keys[event.key] ?? app.parts[app.view].keys?.[event.key]);
  if (!run) return;
  event.preventDefault();
  run();
}

function pathOf(themes, id) {
  const byId = new Map(themes.map((theme) => [theme.id, theme]));
  const names = [];
  for (let theme = byId.get(id); theme; theme = byId.get(theme.parent)) names.unshift(theme.name);
  return names.join(" › ");
}

startCuration();
