// The legend: a real button for every line that has a name; pressed again, its line is hidden.

import { labelled } from "./ends.js";
import { groupOf, recolour } from "./figure.js";

export class Legend {
  constructor(chart) {
    this.chart = chart;
    this.hidden = new Set(); // names that the reader has switched off
    this.met = new Set(); // names seen before
  }

  // New data may ask for a line to be hidden; that counts once, then the reader decides.
  receive(traces) {
    for (const trace of traces) {
      const group = groupOf(trace);
      if (trace.visible === "legendonly" && !this.met.has(group)) this.hidden.add(group);
      this.met.add(group);
    }
  }

  hides(trace) {
    return this.hidden.has(groupOf(trace));
  }

  // Lines that have their name where they end are switched in the drawer; the others above the plot, where they are named.
  draw() {
    const { data, theme } = this.chart;
    const named = data.figure.data.filter((t) => t.name && t.showlegend !== false);
    const entries = named.filter((t, i) => named.findIndex((u) => groupOf(u) === groupOf(t)) === i);
    const off = data.figure.layout.showlegend === false || entries.length < 2;
    const sign = off ? "" : JSON.stringify([entries.map((t) => [t.name, t.meta, t.line, t.marker?.color, t.fillcolor, t.mode]), theme.id]);
    if (sign === this.sign) return;
    this.sign = sign;
    for (const [place, there] of [["legend", (t) => !labelled(t)], ["lines", labelled]])
      this.chart.$(place).replaceChildren(...(off ? [] : entries.filter(there).map((trace) => this.button(trace))));
  }

  button(trace) {
    const { data, theme } = this.chart;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "mc-key" });
    button.setAttribute("aria-pressed", String(!this.hides(trace)));
    button.append(swatch(recolour(trace, theme.dark && data.dark)), plain(nameOf(trace)));
    button.onclick = () => {
      const hide = !this.hidden.delete(groupOf(trace));
      if (hide) this.hidden.add(groupOf(trace));
      button.setAttribute("aria-pressed", String(!hide));
      this.chart.show(groupOf(trace), hide ? "legendonly" : true);
    };
    return button;
  }
}

// The sample of a line, marker or area in the legend: the dash or mark tells the same as the colour.
const DASHES = { dash: "7 4", dot: "2 3", dashdot: "7 3 2 3", longdash: "11 4", longdashdot: "11 3 2 3" };
const MARKS = { circle: "M18 6A4 4 0 1 1 10 6A4 4 0 1 1 18 6", square: "M10 2H18V10H10Z", diamond: "M14 1L19 6L14 11L9 6Z",
  x: "M10 2L18 10M18 2L10 10", cross: "M14 1V11M9 6H19", triangle: "M14 1L19 10H9Z" };
function swatch({ line = {}, marker = {}, mode = "lines", fill, fillcolor, type }) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const add = (tag, attributes) => {
    const shape = svg.appendChild(document.createElementNS(svg.namespaceURI, tag));
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
  };
  const single = (...colours) => colours.find((c) => typeof c === "string") ?? "currentColor";
  svg.setAttribute("viewBox", "0 0 28 12");
  svg.setAttribute("aria-hidden", "true");
  if (type === "bar" || type === "pie") add("rect", { x: 6, y: 0, width: 16, height: 12, fill: single(marker.color) });
  else {
    if (fill && fill !== "none") add("rect", { x: 0, y: 0, width: 28, height: 12, fill: single(fillcolor) });
    if (mode.includes("lines") && line.width !== 0)
      add("path", { d: "M0 6H28", stroke: single(line.color), "stroke-width": Math.min(3, line.width ?? 2),
        "stroke-dasharray": DASHES[line.dash] ?? "none" });
    if (mode.includes("markers")) {
      const [kind] = String(marker.symbol ?? "circle").split("-");
      const thin = kind === "x" || kind === "cross" || String(marker.symbol).includes("open");
      const colour = thin ? single(marker.line?.color, marker.color, line.color) : single(marker.color, line.color);
      add("path", { d: MARKS[kind] ?? MARKS.circle, fill: thin ? "none" : colour, stroke: colour, "stroke-width": thin ? 2 : 0 });
    }
  }
  return svg;
}

// "typical: median": what stands at the line, then its full name.
export const nameOf = ({ name, meta }) => (meta?.label && meta.label !== name ? `${meta.label}: ${name}` : name);
const plain = (text) => String(text).replace(/<[^>]*>/g, "");
