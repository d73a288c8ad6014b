// Runs before the first paint, so that a chosen look does not flash in late.
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  try {
    const look = localStorage.getItem("surveygen-look");
    if (look === "light" || look === "dark") root.dataset.look = look;
  } catch {
    // Storage may be refused to a local file; the system's look stays.
  }
})();
