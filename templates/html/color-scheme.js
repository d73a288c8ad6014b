// Switch between the light and the dark color scheme and store the choice, which early.js reads.

export function toggleColorScheme() {
  const root = document.documentElement;
  const dark = root.dataset.look ? root.dataset.look === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.look = dark ? "light" : "dark";
  try {
    localStorage.setItem("surveygen-look", root.dataset.look);
  } catch {
    // Browsers may deny storage to local files; the choice then ends with the page.
  }
}
