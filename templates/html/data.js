// Read the island of data that the page carries.

import { unbzip2 } from "./unpack.js";

export async function readIsland(node) {
  const { packed } = node.dataset;
  const text = packed ? await unpack(packed, node.textContent) : node.textContent;
  return joined(JSON.parse(text));
}

// Put what is kept by field into the papers; null is nothing.
export function joined({ columns, ...page }) {
  for (const [key, values] of Object.entries(columns)) {
    for (let at = 0; at < values.length; at++) if (values[at] !== null) page.papers[at][key] = values[at];
  }
  return page;
}

// Bytes of RFC 1924's base 85 (five letters hold four bytes), in which "." stands for "<".
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;.=>?@^_\x60{|}~";

export function bytesOf(text) {
  const values = new Uint8Array(128);
  for (let at = 0; at < LETTERS.length; at++) values[LETTERS.charCodeAt(at)] = at;
  const bytes = new DataView(new ArrayBuffer((text.length / 5) * 4));
  for (let at = 0; at < text.length; at += 5) {
    let number = 0;
    for (let letter = at; letter < at + 5; letter++) number = number * 85 + values[text.charCodeAt(letter)];
    bytes.setUint32((at / 5) * 4, number);
  }
  return bytes.buffer;
}

async function unpack(packed, text) {
  const length = Number(text.slice(0, text.indexOf(":")));
  const bytes = bytesOf(text.slice(text.indexOf(":") + 1)).slice(0, length);
  if (packed === "bz2") return new TextDecoder().decode(unbzip2(new Uint8Array(bytes)));
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
