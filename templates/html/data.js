// Read the island of data that the page carries.

export async function readIsland(node) {
  const text = node.dataset.packed ? await unpack(node.textContent) : node.textContent;
  return JSON.parse(text);
}

async function unpack(base64) {
  const bytes = Uint8Array.from(atob(base64.trim()), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

// Speaker of the page's words: plural forms by CLDR category, numbers the way of the language in Latin digits.
export function speaker(language, words) {
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
