// Build elements from data; text is never parsed as markup.

const MATHML = "http://www.w3.org/1998/Math/MathML";
const SVG = "http://www.w3.org/2000/svg";

// el("a.cite", { href }, "12"): a tag with classes, attributes (false and undefined are left out), children.
export function el(name, attributes = {}, ...children) {
  return withContent(document.createElement(name.split(".")[0]), name, attributes, children);
}

// The same for SVG.
export function svg(name, attributes = {}, ...children) {
  return withContent(document.createElementNS(SVG, name.split(".")[0]), name, attributes, children);
}

function withContent(node, name, attributes, children) {
  const classes = name.split(".").slice(1);
  if (classes.length) node.setAttribute("class", classes.join(" "));
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child !== "" && child !== null && child !== undefined));
  return node;
}

// Text with mathematics: a string, or an array of strings and { m: MathML tree, t: TeX source }.
export function rich(value) {
  if (typeof value === "string") return [value];
  return value.map((piece) => (typeof piece === "string" ? piece : math(piece.m)));
}

export function plainText(value) {
  if (typeof value === "string") return value;
  return value.map((piece) => (typeof piece === "string" ? piece : piece.t)).join("");
}

function math(tree) {
  if (typeof tree === "string") return tree;
  const node = document.createElementNS(MATHML, tree[0]);
  for (const part of tree.slice(1)) {
    if (typeof part === "string" || Array.isArray(part)) node.append(math(part));
    else for (const [key, value] of Object.entries(part)) node.setAttribute(key, value);
  }
  return node;
}
