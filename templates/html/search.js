// Full-text search by linear scan, which is fast enough for 20,000 papers.

import { plainText } from "./build.js";

const WEIGHTS = [["title", 8], ["authors", 5], ["keywords", 4], ["text", 1]]; // highest first

const ASCII = /^[\x00-\x7f]*$/;

export function folded(text) {
  if (ASCII.test(text)) return text.toLowerCase(); // ten times as fast as normalization
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

// Split a query into words and "quoted phrases", folded.
export function termsOf(query) {
  const matches = folded(query).matchAll(/"([^"]+)"|[^\s"]+/gu);
  return [...matches].map((match) => (match[1] ?? match[0]).trim()).filter(Boolean);
}

export function fieldsOf(paper) {
  const abstract = (paper.abstract ?? []).map(plainText).join("");
  const claims = Object.values(paper.card ?? {}).flat().filter((claim) => claim.text).map((claim) => plainText(claim.text));
  return {
    title: folded(plainText(paper.title)),
    authors: folded((paper.authors ?? []).join(" ; ")),
    keywords: folded((paper.card?.keywords ?? []).join(" ; ")),
    text: folded([abstract, ...claims, paper.venue ?? "", paper.id, ...(paper.categories ?? [])].join(" ")),
  };
}

// Sum of the weights of all terms; 0 if a term is missing.
export function scoreOf(fields, terms) {
  let total = 0;
  for (const term of terms) {
    const best = WEIGHTS.find(([name]) => fields[name].includes(term));
    if (!best) return 0;
    total += best[1];
  }
  return total;
}

// About `width` characters around the first hit of an abstract, as [before, hit, after]; null if there is none.
export function snippet(text, terms, width = 140) {
  const low = text.toLowerCase();
  const [at, term] = terms.map((word) => [low.indexOf(word), word]).find(([place]) => place >= 0) ?? [-1, ""];
  if (at < 0) return null;
  const start = Math.max(0, low.lastIndexOf(" ", Math.max(0, at - width / 3)) + 1);
  const end = at + width < text.length ? Math.max(at + term.length, text.lastIndexOf(" ", at + width)) : text.length;
  return [(start ? "… " : "") + text.slice(start, at), text.slice(at, at + term.length), text.slice(at + term.length, end) + (end < text.length ? " …" : "")];
}
