// Runs before the first paint, so that the page does not flash in the other color scheme.
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  try {
    const scheme = localStorage.getItem("surveygen-look");
    if (scheme === "light" || scheme === "dark") root.dataset.look = scheme;
  } catch {
    // Browsers may deny storage to local files; the system's color scheme applies.
  }
})();
