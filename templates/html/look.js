// Switch between light and dark, and keep the choice; early.js reads it.

export function turnLook() {
  const root = document.documentElement;
  const dark = root.dataset.look ? root.dataset.look === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.look = dark ? "light" : "dark";
  try {
    localStorage.setItem("surveygen-look", root.dataset.look);
  } catch {
    // Storage may be refused to a local file; the look then lasts as long as the page.
  }
}
