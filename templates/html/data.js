// Read the data that the page carries.

// Whether this browser can read the data of an element; browsers of before 2023 cannot decompress.
export function canRead(node) {
  return !node.dataset.packed || "DecompressionStream" in globalThis;
}

export async function readData(node) {
  const { packed } = node.dataset;
  return withColumns(JSON.parse(packed ? await decompressed(node.textContent, packed) : node.textContent));
}

export async function decompressed(text, format) {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format))).text();
}

// Put the fields that are stored by column into their papers; null is no value.
export function withColumns({ columns, ...page }) {
  for (const [field, values] of Object.entries(columns)) {
    for (let at = 0; at < values.length; at++) if (values[at] !== null) page.papers[at][field] = values[at];
  }
  return page;
}

// Returns a function that fills in the fixed words of the page: plural forms by CLDR category, numbers formatted for the
// language in Latin digits.
export function translator(language, words) {
  const plural = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language, { numberingSystem: "latn" });
  return (key, values = {}) => {
    const wording = words[key];
    const text = typeof wording === "string" ? wording : (wording[plural.select(values.n)] ?? wording.other);
    return text.replace(/\{(\w+)\}/g, (_, name) => {
      const value = values[name];
      return typeof value === "number" ? number.format(value) : String(value);
    });
  };
}
