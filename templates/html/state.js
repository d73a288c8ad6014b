// The state in the address: the open paper, and the filters and order of the catalogue.

const KEYS = ["q", "theme", "year", "category", "author", "status", "unsure", "sort"];

// "#p-2101.00001&theme=debate&sort=-year" -> { paper: "2101.00001", theme: "debate", sort: "-year" }; null for the
// id of a section.
export function readHash(hash) {
  const parts = hash.replace(/^#/, "").split("&").filter(Boolean);
  const state = {};
  for (const part of parts) {
    const at = part.indexOf("=");
    if (part.startsWith("p-")) state.paper = part.slice(2);
    else if (KEYS.includes(part.slice(0, at))) state[part.slice(0, at)] = decoded(part.slice(at + 1));
  }
  return Object.keys(state).length ? state : null;
}

export function writeHash(state) {
  const parts = KEYS.filter((key) => state[key]).map((key) => `${key}=${encodeURIComponent(state[key])}`);
  if (state.paper) parts.unshift(`p-${state.paper}`);
  return parts.length ? `#${parts.join("&")}` : "";
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
