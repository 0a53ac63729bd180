// A figure as Python sends it, made into what plotly takes: numbers, colours, and questions about its traces and axes.

export const bars = (traces) => traces.flatMap(({ type }, i) => (type === "bar" ? [i] : [])); // what `animate` leaves out, it would remove
export const groupOf = (trace) => trace.legendgroup ?? trace.name;
export const axes = (layout) => Object.entries(layout).filter(([name]) => /^[xy]axis\d*$/.test(name));

// Plotly's typed arrays ({dtype, bdata, shape}) as the browser's, rows of a matrix as views of one buffer. Rows that are missing at
// the end of a matrix are like the last one that came.
const KINDS = { f4: Float32Array, f8: Float64Array, i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array, i4: Int32Array,
  u4: Uint32Array };
export function unpack(node) {
  for (const [key, value] of Object.entries(node)) {
    if (value === null || typeof value !== "object") continue;
    if (value.bdata === undefined) { unpack(value); continue; }
    const flat = new KINDS[value.dtype](fromBase64(value.bdata).buffer);
    const [height, width] = (value.shape ?? "").split(",").map(Number);
    const row = (at) => flat.subarray(at * width, (at + 1) * width);
    node[key] = width ? Array.from({ length: height }, (_, i) => row(Math.min(i, flat.length / width - 1))) : flat;
  }
}

function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

// A copy that plotly may write into; arrays of numbers are shared. Light colours become dark ones if `swaps` is given.
export function recolour(node, swaps) {
  if (typeof node === "string") return (swaps && swaps[node]) || node;
  if (node === null || typeof node !== "object" || ArrayBuffer.isView(node)) return node;
  if (Array.isArray(node)) return node.map((item) => recolour(item, swaps));
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, recolour(value, swaps)]));
}

// Asked once for all charts of a message: to ask makes the browser work out its styles, and every chart that came meanwhile changed them.
const forced = matchMedia("(forced-colors: active)");
forced.addEventListener("change", () => (theme = undefined));
let theme;
export function readTheme(element) {
  if (theme) return theme;
  setTimeout(() => (theme = undefined), 16);
  const style = getComputedStyle(element);
  const paper = forced.matches ? canvas() : style.getPropertyValue("--st-background-color").trim() || "#ffffff";
  const font = style.getPropertyValue("--st-font").trim() || "sans-serif";
  const dark = isDark(paper);
  return (theme = { paper, font, dark, id: `${paper} ${font} ${forced.matches}` });
}

export function isDark(colour) {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = colour; // any CSS colour becomes #rrggbb
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(probe.fillStyle.slice(i, i + 2), 16));
  return 0.3 * r + 0.59 * g + 0.11 * b < 128;
}

// The background that a reader with colours of their own has chosen.
function canvas() {
  const probe = Object.assign(document.createElement("i"), { style: "background: Canvas; forced-color-adjust: none" });
  document.body.append(probe);
  const { backgroundColor } = getComputedStyle(probe);
  probe.remove();
  return backgroundColor;
}
