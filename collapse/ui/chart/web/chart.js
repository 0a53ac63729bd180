// One chart: a plotly figure that is updated in place, with a film, a legend of real buttons, a table, and exports.
//
// Why not st.plotly_chart: it builds the chart anew on every change (zoom and hidden lines are lost, the page flickers) and
// weighs four times as much. Here Python makes the figure, Plotly.react draws only what changed, and everything about looking
// (play, scrub, zoom, hide, theme, export) stays in the browser. No build step: this file is what the browser runs.

const PLOTLY = "4.1.1";
const CONFIG = { displayModeBar: false, responsive: false, doubleClick: "reset", showTips: false };
const NARROW = 480; // px: below this, smaller type and margins
const BUDGET = 10; // ms of drawing in one screen refresh
const HOLD = 5000; // ms that a chart out of sight may wait for an idle moment when it is new

const charts = new WeakMap(); // host element -> Chart
const films = new Map(); // group -> generation last shown, for charts that appear later
const still = matchMedia("(prefers-reduced-motion: reduce)");
const touch = matchMedia("(pointer: coarse)");

// The query carries the version of our files: an address with a version may be cached for ever.
const exporter = () => import(new URL(`export.js${new URL(import.meta.url).search}`, import.meta.url).href);

let library;
function plotly() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(`../collapse.ui.assets.vendor/plotly-basic.min.js?v=${PLOTLY}`, import.meta.url);
    script.onload = () => (window.Plotly ? resolve(recalling(window.Plotly)) : reject(new Error("plotly.js did not start")));
    script.onerror = () => reject(new Error("plotly.js could not be loaded"));
    document.head.append(script);
  });
  library.catch(() => (library = undefined)); // so that the next change tries again
  return library;
}
plotly().catch(() => {}); // begin at once, while the page is still being written

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

// Streamlit calls this for every message. It may also run the cleanup of a call that a newer one has overtaken, so only the
// cleanup of the newest call may take the chart down.
export default function mount({ data, parentElement: host, setTriggerValue }) {
  const chart = charts.get(host) ?? new Chart(host);
  chart.pick = (number) => setTriggerValue("picked", number);
  charts.set(host, chart);
  const turn = (chart.turn = (chart.turn ?? 0) + 1);
  chart.receive(JSON.parse(new TextDecoder().decode(data)));
  return () => {
    if (chart.turn !== turn) return;
    charts.delete(host);
    chart.close();
  };
}

// Charts that wait to be drawn, in the order of the page. However many messages come, a chart draws only its newest, and each
// screen refresh draws only what fits in BUDGET: the first chart is on the screen before the second begins.
const line = {
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

const SKELETON = `
<h2 class="mc-headline" hidden></h2>
<figcaption class="mc-say"></figcaption>
<div class="mc-legend" role="group" aria-label="Show or hide lines"></div>
<div class="mc-stage"><div class="mc-plot" role="img"></div><div class="mc-cursor" hidden></div>
  <p class="mc-failed" role="status" hidden></p>
  <button type="button" class="mc-button mc-reset" hidden>Reset view</button></div>
<div class="mc-film" role="group" aria-label="Play the generations" hidden>
  <button type="button" class="mc-button mc-play" aria-label="Play"><svg viewBox="0 0 16 16" aria-hidden="true">
    <path class="mc-go" d="M4 2.5v11l9-5.5z"/><path class="mc-stop" d="M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z"/></svg></button>
  <button type="button" class="mc-button mc-back" aria-label="One generation back"><svg viewBox="0 0 16 16"
    aria-hidden="true"><path d="M12.5 2.5v11L5.5 8zM3 2.5h2v11H3z"/></svg></button>
  <button type="button" class="mc-button mc-next" aria-label="One generation forward"><svg viewBox="0 0 16 16"
    aria-hidden="true"><path d="M3.5 2.5v11l7-5.5zM11 2.5h2v11h-2z"/></svg></button>
  <input class="mc-scrub" type="range" min="0" step="1" aria-label="Generation">
  <select class="mc-speed" aria-label="Speed"><option value="0.5">½ ×</option><option value="1" selected>1 ×</option>
    <option value="2">2 ×</option><option value="4">4 ×</option></select>
  <p class="mc-caption" aria-live="polite"></p></div>
<p class="mc-note"></p>
<details class="mc-tools"><summary>Data &amp; image</summary><div>
  <button type="button" class="mc-button mc-table" aria-expanded="false">Table</button>
  <button type="button" class="mc-button mc-csv">CSV</button>
  <button type="button" class="mc-button mc-png">PNG</button>
  <button type="button" class="mc-button mc-svg">SVG</button></div></details>
<div class="mc-data" role="region" tabindex="0" hidden></div>
<p class="mc-aside" hidden></p>`;

class Chart {
  constructor(host) {
    this.root = document.createElement("figure");
    this.root.className = "mc-chart";
    this.root.innerHTML = SKELETON;
    host.append(this.root);
    this.$ = (name) => this.root.querySelector(`.mc-${name}`);
    this.plot = this.$("plot");
    this.hidden = new Set(); // names that the reader has switched off
    this.met = new Set(); // names seen before
    this.frame = null; // the reader's generation; null until the scrubber is touched
    this.near = false; // in or close to the window
    this.on();
  }

  on() {
    const click = (name, act) => this.$(name).addEventListener("click", act);
    click("play", () => this.play(!this.playing));
    click("back", () => this.step(-1));
    click("next", () => this.step(1));
    click("table", () => this.showTable(this.$("data").hidden));
    for (const format of ["csv", "png", "svg"]) click(format, () => this.save(format));
    click("reset", () => this.resetView());
    this.$("scrub").addEventListener("input", (e) => (this.play(false), this.go(+e.target.value)));
    this.watchers = [
      new ResizeObserver(() => this.sized()),
      new IntersectionObserver(([e]) => ((this.near = e.isIntersecting), this.near && this.request()), { rootMargin: "200px" }),
    ];
    for (const watcher of this.watchers) watcher.observe(this.$("stage"));
    this.print = () => this.draw();
    window.addEventListener("beforeprint", this.print);
    this.listen = ({ detail }) => detail.key === this.data?.key && this.receive(detail);
    window.addEventListener("mc-live", this.listen);
    this.follow = ({ detail }) => detail.group === this.group && this.moveCursor(detail.frame);
    window.addEventListener("mc-film", this.follow);
  }

  close() {
    this.play(false);
    this.closed = true;
    for (const watcher of this.watchers) watcher.disconnect();
    window.removeEventListener("mc-film", this.follow);
    window.removeEventListener("beforeprint", this.print);
    window.removeEventListener("mc-live", this.listen);
    window.Plotly?.purge(this.plot);
    this.root.remove();
  }

  // ---- new data -------------------------------------------------------------------------------------------------------

  receive(data) {
    const theme = readTheme(this.root);
    if (data.revision === this.data?.revision && data.height === this.data.height && theme.id === this.theme.id) return;
    if (data.revision !== this.data?.revision) this.words(data);
    Object.assign(this, { data, theme, group: data.group, stale: true });
    this.root.dataset.key = data.key;
    window.dispatchEvent(new CustomEvent("mc-received", { detail: { key: data.key } })); // the server is free again
    this.root.classList.toggle("mc-dark", theme.dark);
    this.root.classList.toggle("mc-pick", !!data.pick);
    this.request();
  }

  words(data) {
    this.signs = data.figure.data.map((t) => JSON.stringify([t.x, t.y, t.text])); // before they become arrays
    unpack(data); // typed arrays, in place
    this.film = data.film;
    this.$("say").textContent = data.say;
    this.$("note").textContent = data.note;
    for (const name of ["headline", "aside"]) Object.assign(this.$(name), { textContent: data[name], hidden: !data[name] });
    this.plot.setAttribute("aria-label", data.alt);
    this.$("data").setAttribute("aria-label", `Table: ${data.say}`);
    this.$("film").hidden = !this.film;
    for (const trace of data.figure.data) {
      const group = groupOf(trace);
      if (trace.visible === "legendonly" && !this.met.has(group)) this.hidden.add(group); // Python's wish counts once
      this.met.add(group);
    }
    if (this.film) {
      const { captions, start, traces } = this.film;
      this.last = captions.length - 1;
      this.at = Math.min(this.frame ?? start, this.last);
      this.moving = [...new Set([...Object.keys(traces).map(Number), ...bars(data.figure.data)])];
      this.$("scrub").max = this.last;
    }
  }

  request() {
    if (!this.stale || this.busy || this.closed) return;
    if (this.near) line.add(this);
    else if (!this.shape && !this.idling) {
      this.idling = true; // out of sight: what is new or resized in an idle moment, other data when the reader comes near or prints
      setTimeout(() => idle(() => ((this.idling = false), this.stale && line.add(this)), { timeout: HOLD }), 0);
    }
  }

  async draw() {
    if (this.busy || this.closed || !this.stale) return;
    this.busy = true;
    this.stale = false;
    const { data } = this;
    try {
      const Plotly = window.Plotly ?? (await plotly());
      this.width = this.plot.clientWidth;
      const [traces, layout, frame] = [this.traces(), this.layout(), this.at];
      const shape = JSON.stringify([layout, traces.map(({ x, y, text, ...rest }) => [Object.keys(rest), rest])]);
      if (shape === this.shape && axes(layout).every(([, axis]) => axis.range)) {
        const which = traces.flatMap((_, i) => (this.signs[i] !== this.moved[i] || this.film?.traces[i] ? [i] : []));
        if (!which.length) ; // nothing has moved
        else if (bars(traces).every((i) => which.includes(i))) await this.move(Plotly, which.map((i) => traces[i]), which);
        else await Plotly.react(this.plot, traces, layout, CONFIG);
      } else await Plotly.react(this.plot, traces, layout, CONFIG);
      [this.shape, this.moved] = [shape, this.signs];
      if (!this.wired) this.wire();
      this.$("failed").hidden = true;
      this.legend();
      if (this.film && frame !== this.at) this.project(); // scrubbed meanwhile
      if (this.film) this.tell();
      this.moveCursor(films.get(this.group));
      if (!this.$("data").hidden) this.showTable(true);
      this.root.dataset.drawn = data.revision;
      window.dispatchEvent(new CustomEvent("mc-drawn", { detail: { key: data.key, revision: data.revision } }));
    } catch (error) {
      console.warn(error);
      this.shape = null;
      this.$("failed").hidden = false;
      this.$("failed").textContent = "The picture could not be drawn. Its data is still here, under “Data & image”.";
      this.$("tools").open = true;
    }
    this.busy = false;
    this.request(); // something newer may have come
    idle(() => exporter().catch(() => {})); // at leisure, so that table and exports work even if the server goes away
  }

  // Only numbers changed and the axes are held: moving the lines costs half of what Plotly.react does, and draws the same.
  move(Plotly, traces, which) {
    const data = traces.map(({ x, y, text }) => ({ ...(x && { x }), ...(y && { y }), ...(text && { text }) }));
    return new Promise((drawn) => {
      this.plot.once("plotly_transitioned", drawn); // the promise of `animate` itself comes a screen refresh later
      Plotly.animate(this.plot, { data, traces: which }, INSTANT).then(drawn, drawn); // rejected if a newer one overtakes it
    });
  }

  traces(frame = this.at) {
    return this.data.figure.data.map((trace, i) => {
      const own = recolour(trace, this.theme.dark && this.data.dark);
      if (trace.visible !== false) own.visible = this.hidden.has(groupOf(trace)) ? "legendonly" : true;
      return this.film?.traces[i] ? Object.assign(own, this.cell(i, frame)) : own;
    });
  }

  cell(i, frame) {
    const moving = this.film.traces[i];
    if (!moving) return (({ x, y }) => ({ x, y }))(this.data.figure.data[i]);
    return Object.fromEntries(Object.keys(moving).map((name) => [name, moving[name][frame]]));
  }

  layout() {
    const layout = recolour(this.data.figure.layout, this.theme.dark && this.data.dark);
    const narrow = this.width < NARROW;
    layout.width = this.width;
    layout.height = this.data.height ?? layout.height ?? 340;
    this.plot.style.height = `${layout.height}px`;
    layout.uirevision ??= "keep";
    layout.showlegend = false; // ours is made of buttons
    layout.font = { ...layout.font, family: this.theme.font, size: narrow ? 11 : layout.font?.size };
    if (narrow) layout.margin = { ...layout.margin, l: Math.min(40, layout.margin?.l ?? 40), r: 8 };
    if (touch.matches) layout.dragmode = false;
    for (const [name, axis] of axes(layout)) if (touch.matches) layout[name] = { ...axis, fixedrange: true }; // let the page scroll
    return layout;
  }

  wire() {
    this.wired = true;
    this.plot.on("plotly_click", ({ points: [point] }) => this.data.pick && Number.isInteger(point.customdata) && this.pick(point.customdata));
    this.plot.on("plotly_relayout", (change) => {
      if (Object.keys(change).some((key) => /axis\d*\.(range|autorange)/.test(key))) this.$("reset").hidden = this.unzoomed();
      this.moveCursor(films.get(this.group));
    });
  }

  unzoomed() {
    return axes(this.data.figure.layout).every(([name, { range }]) => {
      const now = this.plot.layout[name];
      return range ? String(now.range) === String(range) : now.autorange !== false;
    });
  }

  resetView() {
    const change = {};
    for (const [name, { range }] of axes(this.data.figure.layout))
      change[`${name}.${range ? "range" : "autorange"}`] = range ? [...range] : true;
    window.Plotly.relayout(this.plot, change).then(() => (this.$("reset").hidden = true));
    this.root.querySelector("summary").focus(); // the button that had the focus is going
  }

  sized() {
    if (!this.data || this.plot.clientWidth === this.width) return;
    this.shape = null; // to be drawn anew, near or not
    this.stale = true;
    this.request();
  }

  // ---- legend ---------------------------------------------------------------------------------------------------------

  legend() {
    const named = this.data.figure.data.filter((t) => t.name && t.showlegend !== false);
    const entries = named.filter((t, i) => named.findIndex((u) => groupOf(u) === groupOf(t)) === i);
    const off = this.data.figure.layout.showlegend === false || entries.length < 2;
    const sign = off ? "" : JSON.stringify([entries.map((t) => [t.name, t.line, t.marker?.color, t.fillcolor, t.mode]), this.theme.id]);
    if (sign === this.sign) return;
    this.sign = sign;
    this.$("legend").replaceChildren(...(off ? [] : entries.map((trace) => this.keyButton(trace))));
  }

  keyButton(trace) {
    const own = recolour(trace, this.theme.dark && this.data.dark);
    const button = Object.assign(document.createElement("button"), { type: "button", className: "mc-key" });
    button.setAttribute("aria-pressed", String(!this.hidden.has(groupOf(trace))));
    button.append(swatch(own), plain(trace.name));
    button.onclick = () => {
      const hide = !this.hidden.delete(groupOf(trace));
      if (hide) this.hidden.add(groupOf(trace));
      button.setAttribute("aria-pressed", String(!hide));
      const which = this.data.figure.data.flatMap((t, i) => (groupOf(t) === groupOf(trace) ? [i] : []));
      window.Plotly.restyle(this.plot, { visible: hide ? "legendonly" : true }, which);
      if (!this.$("data").hidden) this.showTable(true);
    };
    return button;
  }

  // ---- film -----------------------------------------------------------------------------------------------------------

  go(frame) {
    this.frame = this.at = Math.max(0, Math.min(frame, this.last));
    if (!this.stale && !this.busy && this.wired) this.project();
    this.tell();
    if (!this.$("data").hidden && !this.playing) this.showTable(true);
  }

  project() {
    this.move(window.Plotly, this.moving.map((i) => this.cell(i, this.at)), this.moving);
  }

  step(by) {
    this.play(false);
    this.go(this.at + by);
  }

  tell() {
    const caption = this.film.captions[this.at];
    this.root.dataset.frame = this.at;
    this.$("scrub").value = this.at;
    this.$("scrub").setAttribute("aria-valuetext", caption);
    this.$("caption").textContent = caption;
    films.set(this.group, this.at);
    window.dispatchEvent(new CustomEvent("mc-film", { detail: { group: this.group, frame: this.at } }));
  }

  play(on) {
    if (!!this.playing === on) return;
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.$("play").setAttribute("aria-label", on ? "Pause" : "Play");
    this.root.classList.toggle("mc-playing", on);
    this.$("caption").setAttribute("aria-live", on ? "off" : "polite");
    if (!on) return;
    if (this.at >= this.last) this.go(0);
    // A film lasts about eight seconds; with reduced motion one generation a second, whatever the speed.
    const pace = () => (still.matches ? 1 : Math.min(12, Math.max(2, this.last / 8)) * this.$("speed").value) / 1000;
    let due = 0, before = performance.now();
    const tick = (now) => {
      due += Math.max(0, now - before) * pace();
      before = now;
      const steps = Math.floor(due);
      due -= steps;
      if (steps) this.go(this.at + steps);
      if (this.at >= this.last) this.play(false);
      else if (this.playing) this.playing = requestAnimationFrame(tick);
    };
    this.playing = requestAnimationFrame(tick);
  }

  // An overlay is moved instead of redrawing the chart. `_offset` and `d2p` are plotly's own way from data to pixels.
  moveCursor(frame) {
    const line = this.$("cursor");
    const axis = this.plot._fullLayout?.xaxis;
    const size = this.plot._fullLayout?._size;
    const at = axis && frame !== undefined && this.data.cursor ? axis.d2p(frame) : NaN;
    line.hidden = !(at >= 0 && at <= axis._length);
    if (line.hidden) return;
    line.style.transform = `translateX(${axis._offset + at}px)`;
    line.style.top = `${size.t}px`;
    line.style.height = `${size.h}px`;
  }

  // ---- data and images (export.js has the work) -------------------------------------------------------------------------

  shown(frame) {
    return this.traces(frame).filter((trace) => trace.visible === true);
  }

  async showTable(on) {
    const { rows, table } = await exporter();
    this.$("table").setAttribute("aria-expanded", String(on));
    this.$("data").hidden = !on;
    const about = this.film ? `${this.data.say} ${this.film.captions[this.at]}` : this.data.say;
    this.$("data").replaceChildren(...(on ? [table(rows(this.shown()), about)] : []));
  }

  async save(format) {
    const { csv, image, save } = await exporter();
    const frames = this.film ? this.film.captions.map((_, generation) => this.shown(generation)) : [this.shown()];
    save(format === "csv" ? csv(frames) : await image(this, format), `${this.data.name}.${format}`);
  }
}

const INSTANT = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } };
const idle = window.requestIdleCallback ?? ((act) => setTimeout(act, 50));
const bars = (traces) => traces.flatMap(({ type }, i) => (type === "bar" ? [i] : [])); // what `animate` leaves out, it would remove
const groupOf = (trace) => trace.legendgroup ?? trace.name;
const axes = (layout) => Object.entries(layout).filter(([name]) => /^[xy]axis\d*$/.test(name));

// Plotly's typed arrays ({dtype, bdata, shape}) as the browser's, rows of a matrix as views of one buffer.
const KINDS = { f4: Float32Array, f8: Float64Array, i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array, i4: Int32Array,
  u4: Uint32Array };
function unpack(node) {
  for (const [key, value] of Object.entries(node)) {
    if (value === null || typeof value !== "object") continue;
    if (value.bdata === undefined) { unpack(value); continue; }
    const flat = new KINDS[value.dtype](fromBase64(value.bdata).buffer);
    const [height, width] = (value.shape ?? "").split(",").map(Number);
    node[key] = width ? Array.from({ length: height }, (_, i) => flat.subarray(i * width, (i + 1) * width)) : flat;
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
function recolour(node, swaps) {
  if (typeof node === "string") return (swaps && swaps[node]) || node;
  if (node === null || typeof node !== "object" || ArrayBuffer.isView(node)) return node;
  if (Array.isArray(node)) return node.map((item) => recolour(item, swaps));
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, recolour(value, swaps)]));
}

// Asked once for all charts of a message: to ask makes the browser work out its styles, and every chart that came meanwhile changed them.
let theme;
function readTheme(element) {
  if (theme) return theme;
  setTimeout(() => (theme = undefined), 16);
  const style = getComputedStyle(element);
  const paper = style.getPropertyValue("--st-background-color").trim() || "#ffffff";
  const font = style.getPropertyValue("--st-font").trim() || "sans-serif";
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = paper; // any CSS colour becomes #rrggbb
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(probe.fillStyle.slice(i, i + 2), 16));
  return (theme = { paper, font, dark: 0.3 * r + 0.59 * g + 0.11 * b < 128, id: `${paper} ${font}` });
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

const plain = (text) => String(text).replace(/<[^>]*>/g, "");
