// When and how a chart is drawn: the vendored plotly.js, loaded once, and a queue, so that the first chart is on the screen before
// the second begins.

const BUDGET = 10; // ms of drawing in one screen refresh
const INSTANT = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } };

let address;
let library;

// Called with the address of plotly.js as soon as this file is here, while the page is still being written.
export function begin(plotly) {
  address = plotly;
  library ?? load().catch(() => {});
}

export function load() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => (window.Plotly ? resolve(recalling(window.Plotly)) : reject(new Error("plotly.js did not start")));
    script.onerror = () => reject(new Error("plotly.js could not be loaded"));
    document.head.append(script);
  });
  library.catch(() => (library = undefined)); // so that the next change tries again
  return library;
}

// To learn which attributes of a trace are arrays, plotly crawls its whole schema for every trace of every redraw, a third of its
// time here. The answer hangs on what was given as an array, so it is worked out once for each such form of a trace.
function recalling(Plotly) {
  const { PlotSchema } = Plotly;
  const crawl = PlotSchema.findArrayAttributes;
  const known = new Map();
  const lists = (node, path) => Object.entries(node ?? {}).flatMap(([key, value]) =>
    Array.isArray(value) || ArrayBuffer.isView(value) ? [path + key] : value?.constructor === Object ? lists(value, `${path + key}.`) : []);
  PlotSchema.findArrayAttributes = (trace) => {
    const form = [trace.type, trace.mode, trace.visible, ...lists(trace._input, "")].join();
    if (!known.has(form)) known.set(form, crawl(trace));
    return [...known.get(form)];
  };
  return Plotly;
}

// Only numbers changed and the axes are held: moving the lines costs half of what Plotly.react does, and draws the same.
export function move(plot, traces, which) {
  const data = traces.map(({ x, y, text }) => ({ ...(x && { x }), ...(y && { y }), ...(text && { text }) }));
  return new Promise((drawn) => {
    plot.once("plotly_transitioned", drawn); // the promise of `animate` itself comes a screen refresh later
    window.Plotly.animate(plot, { data, traces: which }, INSTANT).then(drawn, drawn); // rejected if a newer one overtakes it
  });
}

// What waits to be drawn, in the order of the page. However many messages come, a chart draws only its newest, and each screen
// refresh draws only what fits in BUDGET.
export const queue = {
  waiting: new Set(),
  add(chart) {
    this.waiting.add(chart);
    if (this.asked) return;
    this.asked = true;
    document.hidden ? setTimeout(() => this.draw(), 100) : requestAnimationFrame(() => this.draw());
  },
  async draw() {
    const begin = performance.now();
    for (const chart of this.waiting) {
      this.waiting.delete(chart);
      await chart.draw();
      if (performance.now() - begin > BUDGET) break;
    }
    this.asked = false;
    for (const chart of this.waiting) this.add(chart);
  },
};
