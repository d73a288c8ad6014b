// The map of papers, with marks in the color and shape of their theme; zoom, pointer and keyboard.

const EDGE = 0.04; // share of each side that stays free around the papers
const MAX_ZOOM = 40;
const REACH = 14; // pixels from the pointer to the paper that it selects
const CELLS = 64; // on each side of the grid that finds the nearest paper
const SUBTHEME_ZOOM = 2.2; // zoom from which names of sub-themes are shown

// Returns { mark(papers) }, which dims all other papers; `cards` shows previews.
export function startMap(page, root, cards, open) {
  const canvas = root.querySelector("canvas");
  const papers = page.order.filter((paper) => paper.x !== undefined && paper.theme !== undefined);
  const map = { page, canvas, papers, grid: gridOf(papers), names: namesOf(page, papers), view: wholeView(), bright: null, at: null, sprites: null };
  root.dataset.drawn = "";
  canvas.hidden = false;
  const draw = () => {
    if (!map.due) map.due = requestAnimationFrame(() => drawMap(map));
  };
  const redraw = () => {
    map.sprites = null;
    draw();
  };
  new ResizeObserver(draw).observe(canvas);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-look"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  const point = (paper) => {
    if (paper === map.at) return;
    map.at = paper;
    canvas.style.cursor = paper ? "pointer" : "";
    paper ? cards.show(paper, boxOf(map, paper)) : cards.hide();
    draw();
  };
  startPointer(map, draw, point, open);
  startKeys(map, draw, point, open);
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (button) {
      map.view = Number(button.dataset.zoom) ? zoomed(map.view, Number(button.dataset.zoom), 0.5, 0.5) : wholeView();
      draw();
    }
  });
  return {
    mark(some) {
      map.found = some;
      draw();
    },
  };
}

// A view has a scale and the left and upper edge of the visible part, as shares of the map.
export function wholeView() {
  return { scale: 1, x: 0, y: 0 };
}

// Zoom by a factor around the point (x, y) of the window, 0 to 1.
export function zoomed(view, factor, x, y) {
  const scale = Math.min(Math.max(view.scale * factor, 1), MAX_ZOOM);
  return clamped({ scale, x: view.x + x / view.scale - x / scale, y: view.y + y / view.scale - y / scale });
}

export function moved(view, x, y) {
  return clamped({ ...view, x: view.x + x / view.scale, y: view.y + y / view.scale });
}

function clamped({ scale, x, y }) {
  const most = 1 - 1 / scale;
  return { scale, x: Math.min(Math.max(x, 0), most), y: Math.min(Math.max(y, 0), most) };
}

// The position of a paper in the window, 0 to 1 on each side.
export function placeOf(view, paper) {
  const inside = (value) => EDGE + (value / 1000) * (1 - 2 * EDGE);
  return [(inside(paper.x) - view.x) * view.scale, (inside(paper.y) - view.y) * view.scale];
}

export function gridOf(papers) {
  const grid = new Map();
  for (const paper of papers) {
    const key = cellOf(paper.x) * CELLS + cellOf(paper.y);
    if (!grid.has(key)) grid.set(key, []);
    grid.get(key).push(paper);
  }
  return grid;
}

function cellOf(value) {
  return Math.min(Math.floor((value / 1000) * CELLS), CELLS - 1);
}

// The paper nearest to a position of the window, at most `reach` pixels away, or null.
export function nearestTo(grid, view, [width, height], [x, y], reach, fits = () => true) {
  const back = (part, side, offset) => ((part / side / view.scale + offset - EDGE) / (1 - 2 * EDGE)) * 1000;
  const cells = (from, to) => [cellOf(Math.max(from, 0)), cellOf(Math.min(Math.max(to, 0), 999))];
  const [left, right] = cells(back(x - reach, width, view.x), back(x + reach, width, view.x));
  const [top, bottom] = cells(back(y - reach, height, view.y), back(y + reach, height, view.y));
  let best = null;
  let least = reach;
  for (let column = left; column <= right; column++) {
    for (let row = top; row <= bottom; row++) {
      for (const paper of grid.get(column * CELLS + row) ?? []) {
        const [a, b] = placeOf(view, paper);
        const distance = Math.hypot(a * width - x, b * height - y);
        if (distance <= least && fits(paper)) [best, least] = [paper, distance];
      }
    }
  }
  return best;
}

function brightAt(map, place, reach) {
  const size = [map.canvas.clientWidth, map.canvas.clientHeight];
  return nearestTo(map.grid, map.view, size, place, reach, (paper) => !map.bright || map.bright.has(paper));
}

// The wheel zooms with Ctrl or while the map has the focus, so that scrolling past it works.
function startPointer(map, draw, point, open) {
  const { canvas } = map;
  let drag = null;
  const placeIn = (event) => [event.offsetX, event.offsetY];
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas) return;
    event.preventDefault();
    map.view = zoomed(map.view, Math.exp(-event.deltaY / 300), event.offsetX / canvas.clientWidth, event.offsetY / canvas.clientHeight);
    point(null);
    draw();
  }, { passive: false });
  canvas.addEventListener("pointerdown", (event) => (drag = { at: placeIn(event), far: false }));
  canvas.addEventListener("pointermove", (event) => {
    const place = placeIn(event);
    if (!drag || !event.buttons) {
      point(brightAt(map, place, REACH));
      return;
    }
    const [x, y] = [drag.at[0] - place[0], drag.at[1] - place[1]];
    if (!drag.far && Math.hypot(x, y) < 4) return;
    drag = { at: place, far: true };
    if (!canvas.hasPointerCapture(event.pointerId)) canvas.setPointerCapture(event.pointerId);
    map.view = moved(map.view, x / canvas.clientWidth, y / canvas.clientHeight);
    point(null);
    draw();
  });
  canvas.addEventListener("pointerleave", () => point(null));
  canvas.addEventListener("click", (event) => {
    const paper = drag?.far ? null : brightAt(map, placeIn(event), REACH);
    drag = null;
    if (paper) open(paper);
  });
}

// Arrow keys move the map and select the paper nearest to its center; Enter opens its card.
function startKeys(map, draw, point, open) {
  const { canvas } = map;
  const steps = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
  const middle = () => {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    point(brightAt(map, [width / 2, height / 2], Math.min(width, height) / 2));
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && map.at) open(map.at);
    else if (steps[event.key]) map.view = moved(map.view, ...steps[event.key]);
    else if (event.key === "+" || event.key === "=") map.view = zoomed(map.view, 1.5, 0.5, 0.5);
    else if (event.key === "-") map.view = zoomed(map.view, 1 / 1.5, 0.5, 0.5);
    else if (event.key === "0") map.view = wholeView();
    else return;
    event.preventDefault();
    if (event.key !== "Enter") middle();
    draw();
  });
  canvas.addEventListener("blur", () => point(null));
}

// The name of each theme at the mean position of its papers, sub-themes included; largest first.
function namesOf(page, papers) {
  const sums = page.themes.map(() => [0, 0, 0]);
  for (const paper of papers) {
    for (let at = paper.theme; at !== undefined && at !== null; at = page.themes[at].up) {
      sums[at][0] += paper.x;
      sums[at][1] += paper.y;
      sums[at][2] += 1;
    }
  }
  const names = page.themes.map((theme, at) => ({ name: theme.name, tone: theme.tone, top: theme.up === undefined || theme.up === null, x: sums[at][0] / sums[at][2], y: sums[at][1] / sums[at][2], size: sums[at][2] }));
  return names.filter((name) => name.size).sort((a, b) => b.top - a.top || b.size - a.size);
}

function boxOf(map, paper) {
  const box = map.canvas.getBoundingClientRect();
  const [x, y] = placeOf(map.view, paper);
  return new DOMRect(box.left + x * box.width - 6, box.top + y * box.height - 6, 12, 12);
}

function drawMap(map) {
  const { canvas, view, papers } = map;
  map.due = 0;
  if (map.found) map.bright = map.found.length < map.page.order.length ? new Set(map.found) : null;
  map.found = null;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const dense = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * dense)) map.sprites = null;
  [canvas.width, canvas.height] = [Math.round(width * dense), Math.round(height * dense)];
  const brush = canvas.getContext("2d");
  brush.scale(dense, dense);
  const size = Math.min(11, Math.max(4.5, 190 / Math.sqrt(papers.length + 100))) * Math.min(view.scale ** 0.35, 2.4);
  if (!map.sprites || map.sprites.size !== size) map.sprites = spritesOf(map, size, dense);
  const dim = [];
  for (const paper of papers) {
    const [x, y] = placeOf(view, paper);
    if (x < -0.02 || x > 1.02 || y < -0.02 || y > 1.02) continue;
    if (map.bright && !map.bright.has(paper)) dim.push([x, y]);
    else brush.drawImage(map.sprites.of[paper.theme], x * width - size / 2, y * height - size / 2, size, size);
  }
  brush.globalCompositeOperation = "destination-over"; // draws the dimmed papers behind the others
  brush.fillStyle = map.sprites.line;
  for (const [x, y] of dim) brush.fillRect(x * width - 1.5, y * height - 1.5, 3, 3);
  brush.globalCompositeOperation = "source-over";
  drawNames(map, brush, width, height);
  if (map.at) drawRing(map, brush, width, height, size);
}

// An image of the mark of each theme: copying it is ten times as fast as filling the path.
function spritesOf({ page, canvas }, size, dense) {
  const style = getComputedStyle(canvas);
  const of = page.themes.map((theme) => {
    const sprite = document.createElement("canvas");
    sprite.width = sprite.height = Math.ceil(size * dense);
    const brush = sprite.getContext("2d");
    brush.scale(sprite.width / 12, sprite.width / 12);
    brush.fillStyle = colorOf(style, theme.tone);
    brush.fill(new Path2D(theme.shape));
    return sprite;
  });
  return { size, of, style, line: colorOf(style, "line"), ink: style.color, ground: colorOf(style, "ground") };
}

// Custom properties are pairs for light and dark; a canvas needs one color.
function colorOf(style, name) {
  const pair = /^light-dark\((.+?), *(.+?)\)$/.exec(style.getPropertyValue(`--${name}`).trim());
  if (!pair) return style.getPropertyValue(`--${name}`).trim();
  const look = document.documentElement.dataset.look;
  const dark = look ? look === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  return dark ? pair[2] : pair[1];
}

function drawNames(map, brush, width, height) {
  const { view, sprites } = map;
  const taken = [];
  brush.textAlign = "center";
  brush.textBaseline = "middle";
  brush.lineJoin = "round";
  for (const name of map.names) {
    if (!name.top && view.scale < SUBTHEME_ZOOM) break;
    const [x, y] = placeOf(view, name);
    brush.font = `${name.top ? 600 : 500} ${name.top ? 13 : 12}px ${sprites.style.fontFamily}`;
    const half = brush.measureText(name.name).width / 2 + 3;
    if (x < 0 || x > 1 || y < 0 || y > 1) continue;
    const left = Math.min(Math.max(x * width, half), Math.max(width - half, half));
    const free = (at) => !taken.some((other) => Math.abs(other.left - left) < other.half + half && Math.abs(other.y - at) < 17);
    const at = [0, 18, -18, 36, -36].map((step) => y * height + step).find(free); // a name may move up or down a little
    if (at === undefined) continue;
    const box = { left, y: at, half };
    taken.push(box);
    brush.lineWidth = 4;
    brush.strokeStyle = sprites.ground;
    brush.strokeText(name.name, box.left, box.y);
    brush.fillStyle = sprites.ink;
    brush.fillText(name.name, box.left, box.y);
  }
}

function drawRing(map, brush, width, height, size) {
  const [x, y] = placeOf(map.view, map.at);
  brush.beginPath();
  brush.arc(x * width, y * height, size / 2 + 4, 0, 2 * Math.PI);
  brush.lineWidth = 2;
  brush.strokeStyle = map.sprites.ink;
  brush.stroke();
}
