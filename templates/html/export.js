// Export the papers found as CSV, BibTeX, RIS or JSON.

import { plainText } from "./build.js";
import { themePath } from "./paper-view.js";

export const FORMATS = { csv: csvOf, bibtex: (_, papers) => papers.map((paper) => paper.bibtex).join("\n"), ris: risOf, json: jsonOf };

const COLUMNS = ["cite_key", "id", "title", "authors", "year", "published", "theme", "doi", "journal_ref", "url"];
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/; // as in the table that `surveygen export` writes

export function csvOf(page, papers) {
  const rows = papers.map((paper) => {
    const fields = exportFields(page, paper);
    return COLUMNS.map((name) => csvCell([fields[name] ?? ""].flat().join("; ")));
  });
  return [COLUMNS, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

// An apostrophe keeps spreadsheets from evaluating text that looks like a formula.
function csvCell(text) {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function risOf(page, papers) {
  const kinds = { article: "JOUR", inproceedings: "CPAPER" };
  return papers
    .map((paper) => {
      const fields = exportFields(page, paper);
      const kind = kinds[/^@(\w+)/.exec(paper.bibtex)?.[1]] ?? "UNPB";
      const tags = [["TY", kind], ["ID", fields.cite_key], ...familyFirst(paper).map((name) => ["AU", name]), ["TI", fields.title], ["T2", fields.journal_ref], ["PY", fields.year], ["DO", fields.doi], ["UR", fields.url]];
      const lines = tags.filter(([, value]) => value).map(([tag, value]) => `${tag}  - ${String(value).replace(/\s+/g, " ")}\r\n`);
      return `${lines.join("")}ER  - \r\n\r\n`;
    })
    .join("");
}

// The author names of the BibTeX entry without braces and escapes.
function familyFirst(paper) {
  const field = /^ {2}author = \{(.*)\},$/m.exec(paper.bibtex)?.[1] ?? "";
  return field.split(" and ").filter((name) => name && name !== "others").map((name) => name.replace(/\\([&%$#_{}])/g, "$1").replace(/[{}]/g, ""));
}

export function jsonOf(page, papers) {
  return JSON.stringify(papers.map((paper) => exportFields(page, paper)), null, 1);
}

function exportFields(page, paper) {
  const claim = paper.card?.one?.[0];
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
    one_liner: claim && plainText(claim.text ?? paper.abstract[claim.span[0]]),
    keywords: paper.card?.keywords,
  };
}
