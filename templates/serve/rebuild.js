// Rebuild the drafts and show the progress.

export function startRebuild(app, button, box) {
  const bar = box.querySelector("progress");
  const line = box.querySelector("span");

  function follow() {
    box.hidden = false;
    button.disabled = true;
    const events = new EventSource("/api/events");
    const end = () => {
      events.close();
      box.hidden = true;
      button.disabled = false;
    };
    events.onmessage = async (event) => {
      const state = JSON.parse(event.data);
      if (state.total) Object.assign(bar, { max: state.total, value: state.done });
      else bar.removeAttribute("value");
      line.textContent = app.say("building", { stage: state.stage });
      if (state.running) return;
      end();
      const notes = state.notes.map((note) => ` ${note}.`).join("");
      if (!state.error) app.update(await app.api.get("overview"));
      app.tell(state.error ? `${state.error} (${state.hint})` : app.say("built", { n: state.changed.length }) + notes, Boolean(state.error));
    };
    events.onerror = () => {
      end();
      app.tell(app.say("lost"), true);
    };
  }

  async function start() {
    if (button.disabled) return;
    button.disabled = true;
    try {
      await app.api.post("rebuild");
      follow();
    } catch (error) {
      button.disabled = false;
      if (error.status === 423) follow();
      else app.tell(error.message, true);
    }
  }

  button.addEventListener("click", start);
  return start;
}
