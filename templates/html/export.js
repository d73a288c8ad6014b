// The papers found, as text for other programs.

import { plainText } from "./build.js";
import { themePath } from "./parts.js";

export const FORMATS = { csv: csvOf, bibtex: (_, papers) => papers.map((paper) => paper.bibtex).join("\n"), ris: risOf, json: jsonOf };

const COLUMNS = ["cite_key", "id", "title", "authors", "year", "published", "theme", "doi", "journal_ref", "url"];
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/; // as in the table that `surveygen export` writes

export function csvOf(page, papers) {
  const rows = papers.map((paper) => {
    const known = factsOf(page, paper);
    return COLUMNS.map((name) => quoted([known[name] ?? ""].flat().join("; ")));
  });
  return [COLUMNS, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

// A spreadsheet takes what begins like a formula for one: an apostrophe keeps it text.
function quoted(text) {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function risOf(page, papers) {
  const kinds = { article: "JOUR", inproceedings: "CPAPER" };
  return papers
    .map((paper) => {
      const known = factsOf(page, paper);
      const kind = kinds[/^@(\w+)/.exec(paper.bibtex)?.[1]] ?? "UNPB";
      const tags = [["TY", kind], ["ID", known.cite_key], ...familyFirst(paper).map((name) => ["AU", name]), ["TI", known.title], ["T2", known.journal_ref], ["PY", known.year], ["DO", known.doi], ["UR", known.url]];
      const lines = tags.filter(([, value]) => value).map(([tag, value]) => `${tag}  - ${String(value).replace(/\s+/g, " ")}\r\n`);
      return `${lines.join("")}ER  - \r\n\r\n`;
    })
    .join("");
}

// The names as the entry for BibTeX splits them, out of their braces and escapes.
function familyFirst(paper) {
  const field = /^ {2}author = \{(.*)\},$/m.exec(paper.bibtex)?.[1] ?? "";
  return field.split(" and ").filter((name) => name && name !== "others").map((name) => name.replace(/\\([&%$#_{}])/g, "$1").replace(/[{}]/g, ""));
}

export function jsonOf(page, papers) {
  return JSON.stringify(papers.map((paper) => factsOf(page, paper)), null, 1);
}

function factsOf(page, paper) {
  const one = paper.card?.one?.[0];
  const said = one && plainText(one.text ?? paper.abstract[one.span[0]]);
  return {
    cite_key: /^@\w+\{([^,]*),/.exec(paper.bibtex)?.[1],
    id: decodeURIComponent(paper.id),
    title: plainText(paper.title),
    authors: paper.authors ?? [],
    year: paper.year,
    published: paper.published,
    theme: paper.theme === undefined ? undefined : themePath(page, paper.theme).join(" › "),
    doi: paper.doi,
    journal_ref: paper.venue,
    url: paper.arxiv ? `https://arxiv.org/abs/${paper.arxiv}` : paper.doi ? `https://doi.org/${paper.doi}` : paper.link,
    one_liner: said,
    keywords: paper.card?.keywords,
  };
}
