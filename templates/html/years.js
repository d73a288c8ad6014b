// The chart of years: papers that match the filters in color in front of all papers in gray, with the same table.

import { svg } from "./build.js";

// Returns { mark(papers) }, which returns the element with the description; it is empty for all papers.
export function startYears(page, root) {
  const chart = {
    drawing: root.querySelector("svg"),
    bars: root.querySelector(".bars"),
    tops: [...root.querySelectorAll("[data-theme]")].map((head) => Number(head.dataset.theme)),
    rows: [...root.querySelectorAll("tbody tr")],
    note: root.querySelector("[data-found]"),
    colored: svg("g.bars.colored"),
  };
  chart.label = chart.drawing.getAttribute("aria-label");
  chart.bars.after(chart.colored);
  const original = new Map([...root.querySelectorAll("tbody td, .totals text")].map((cell) => [cell, cell.textContent]));
  return {
    mark(papers) {
      const all = papers.length === page.order.length;
      const note = all ? "" : page.say("years_found", { n: papers.length });
      root.toggleAttribute("data-narrowed", !all);
      chart.note.textContent = note;
      chart.drawing.setAttribute("aria-label", [chart.label, note].filter(Boolean).join(" "));
      chart.colored.replaceChildren();
      if (all) for (const [cell, words] of original) cell.textContent = words;
      else showCounts(page, chart, countsOf(page, chart.tops, papers));
      return chart.note;
    },
  };
}

// Numbers of papers by year for each top theme, in the order of the chart; papers that fit no theme are left out.
export function countsOf(page, tops, papers) {
  const years = new Map();
  for (const paper of papers) {
    if (paper.theme === undefined || !paper.year) continue;
    const column = tops.indexOf(topOf(page, paper.theme));
    if (!years.has(paper.year)) years.set(paper.year, tops.map(() => 0));
    years.get(paper.year)[column] += 1;
  }
  return years;
}

function topOf(page, theme) {
  const { up } = page.themes[theme];
  return up === undefined || up === null ? theme : topOf(page, up);
}

function showCounts(page, { bars, colored, tops, rows, drawing }, years) {
  const { base, unit } = bars.dataset;
  for (const group of bars.children) {
    const counts = years.get(Number(group.dataset.year)) ?? [];
    let y = Number(base);
    for (const [column, n] of counts.entries()) {
      if (!n) continue;
      const first = group.firstElementChild;
      const height = n * Number(unit);
      y -= height;
      const { tone, name } = page.themes[tops[column]];
      const title = svg("title", {}, `${group.dataset.year} · ${name}: ${n}`);
      colored.append(svg(`rect.${tone}`, { x: first.getAttribute("x"), width: first.getAttribute("width"), y, height }, title));
    }
  }
  for (const row of rows) {
    const counts = years.get(Number(row.cells[0].textContent)) ?? tops.map(() => 0);
    [...counts, sumOf(counts)].forEach((n, at) => (row.cells[at + 1].textContent = n));
  }
  for (const total of drawing.querySelectorAll(".totals text")) total.textContent = sumOf(years.get(Number(total.dataset.year)) ?? []);
}

function sumOf(counts) {
  return counts.reduce((sum, n) => sum + n, 0);
}
