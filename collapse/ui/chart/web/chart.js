// One chart: a plotly figure that is updated in place, with a film, a legend of real buttons, a table, and exports.
//
// Why not st.plotly_chart: it builds the chart anew on every change (zoom and hidden lines are lost, the page flickers) and
// weighs four times as much. Here Python makes the figure, Plotly.react draws only what changed, and everything about looking
// (play, scrub, zoom, hide, theme, export) stays in the browser. No build step: these files are what the browser runs.

import { load, move, queue } from "./drawing.js";
import { forced, layout, print, traces, typeSize } from "./dress.js";
import { ends } from "./ends.js";
import { axes, bars, groupOf, readTheme, unpack } from "./figure.js";
import { Film } from "./film.js";
import { Legend } from "./legend.js";
import { reading, readsOut } from "./readout.js";
import { SKELETON } from "./skeleton.js";
import { phone, projector, short, Stage } from "./stage.js";
export { begin } from "./drawing.js";
const CONFIG = { displayModeBar: false, responsive: false, doubleClick: "reset", showTips: false };
const MODES = [print, forced, phone, short, projector]; // of which a change is seen in the picture
const HOLD = 5000; // ms that a chart out of sight may wait for an idle moment when it is new

const charts = new WeakMap(); // host element -> Chart
const idle = window.requestIdleCallback ?? ((act) => setTimeout(act, 50));
const takeaway = () => import("./takeaway.js");

// Streamlit calls this for every message. It may also run the cleanup of a call that a newer one has overtaken, so only the
// cleanup of the newest call may take the chart down.
export default function mount({ data, parentElement: host, setTriggerValue }, film) {
  const chart = charts.get(host) ?? new Chart(host, film);
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

class Chart {
  constructor(host, film) {
    this.root = document.createElement("figure");
    this.root.className = "mc-chart";
    this.root.innerHTML = SKELETON;
    host.append(this.root);
    this.$ = (name) => this.root.querySelector(`.mc-${name}`);
    this.plot = this.$("plot");
    this.film = new Film(this, film);
    this.heading = film.heading(this.root);
    this.stage = new Stage(this, film);
    this.legend = new Legend(this);
    this.near = false; // in or close to the window
    this.on();
  }

  on() {
    const click = (name, act) => this.$(name).addEventListener("click", act);
    click("table", () => this.showTable(this.$("data").hidden));
    for (const format of ["csv", "png", "svg"]) click(format, () => this.save(format));
    click("reset", () => this.resetView());
    this.watchers = [
      new ResizeObserver(() => this.sized()),
      new IntersectionObserver(([e]) => ((this.near = e.isIntersecting), this.near && (this.film.caughtUp(), this.request())), { rootMargin: "200px" }),
    ];
    for (const watcher of this.watchers) watcher.observe(this.$("stage"));
    this.print = () => this.draw();
    window.addEventListener("beforeprint", this.print);
    this.repaint = () => this.data && ((this.theme = readTheme(this.root)), (this.stale = true), this.draw());
    for (const mode of MODES) mode.addEventListener("change", this.repaint);
    this.listen = ({ detail }) => detail.key === this.data?.key && this.receive(detail);
    window.addEventListener("mc-live", this.listen);
  }

  close() {
    this.film.close();
    this.stage.close();
    this.closed = true;
    for (const watcher of this.watchers) watcher.disconnect();
    window.removeEventListener("beforeprint", this.print);
    for (const mode of MODES) mode.removeEventListener("change", this.repaint);
    window.removeEventListener("mc-live", this.listen);
    window.Plotly?.purge(this.plot);
    this.root.remove();
  }

  // ---- new data -------------------------------------------------------------------------------------------------------

  receive(data) {
    const theme = readTheme(this.root);
    if (data.revision === this.data?.revision && data.height === this.data.height && theme.id === this.theme.id) return;
    Object.assign(this, { theme, group: data.group });
    if (data.revision !== this.data?.revision) this.words(data);
    Object.assign(this, { data, stale: true });
    this.root.dataset.key = data.key;
    window.dispatchEvent(new CustomEvent("mc-received", { detail: { key: data.key } })); // the server is free again
    this.root.classList.toggle("mc-dark", theme.dark);
    this.root.classList.toggle("mc-pick", !!data.pick);
    this.request();
  }

  words(data) {
    this.signs = data.figure.data.map((t) => JSON.stringify([t.x, t.y, t.text])); // before they become arrays
    unpack(data); // typed arrays, in place
    if (!this.data) this.$("look").value = this.theme.dark ? "dark" : "light";
    this.$("say").textContent = data.say;
    this.$("readout").hidden = !readsOut(data.figure.layout);
    for (const name of ["legend", "lines"]) this.$(name).setAttribute("aria-label", `Show or hide lines of: ${data.say}`);
    this.$("note").textContent = data.note;
    Object.assign(this.$("aside"), { textContent: data.aside, hidden: !data.aside });
    this.heading(data);
    this.stage.receive(data);
    this.plot.setAttribute("aria-label", data.alt);
    this.$("data").setAttribute("aria-label", `Table: ${data.say}`);
    this.legend.receive(data.figure.data);
    this.film.receive(data.film, data.figure.data);
  }

  request() {
    if (!this.stale || this.busy || this.closed) return;
    if (this.near) queue.add(this);
    else if (!this.shape && !this.idling) {
      this.idling = true; // out of sight: what is new or resized in an idle moment, other data when the reader comes near or prints
      setTimeout(() => idle(() => ((this.idling = false), this.stale && queue.add(this)), { timeout: HOLD }), 0);
    }
  }

  async draw() {
    if (this.busy || this.closed || !this.stale) return;
    this.busy = true;
    this.stale = false;
    const { data } = this;
    try {
      const Plotly = window.Plotly ?? (await load());
      this.width = this.plot.clientWidth;
      const [lines, layout, frame] = [this.traces(), this.layout(), this.film.at];
      const shape = JSON.stringify([layout, lines.map(({ x, y, text, ...rest }) => [Object.keys(rest), rest])]);
      if (shape === this.shape && axes(layout).every(([, axis]) => axis.range)) {
        const which = lines.flatMap((_, i) => (this.signs[i] !== this.moved[i] || this.film.changes[i] ? [i] : []));
        if (!which.length) ; // nothing has moved
        else if (bars(lines).every((i) => which.includes(i))) await move(this.plot, which.map((i) => lines[i]), which);
        else await Plotly.react(this.plot, lines, layout, CONFIG);
      } else await Plotly.react(this.plot, lines, layout, CONFIG);
      [this.shape, this.moved] = [shape, this.signs];
      if (!this.wired) this.wire();
      this.$("failed").hidden = true;
      this.legend.draw();
      this.name();
      this.film.behind = frame !== this.film.at; // scrubbed meanwhile
      this.film.moveCursor();
      this.renewTable();
      this.stage.drawn();
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
    this.film.caughtUp();
    this.request(); // something newer may have come
    idle(() => takeaway().catch(() => {})); // at leisure, so that table and exports work even if the server goes away
  }

  // The words where lines end.
  name() {
    const full = this.plot._fullLayout;
    this.$("ends").innerHTML = full?.yaxis ? ends(this.traces(), full, typeSize(this), this.theme.font, this.theme.paper) : "";
  }

  // May it be moved now, or will the next drawing do it?
  get ready() {
    return !this.stale && !this.busy && this.wired;
  }

  traces(frame = this.film.at, dark = this.theme.dark) {
    return traces(this, frame, dark);
  }

  layout(dark = this.theme.dark) {
    return layout(this, dark);
  }

  wire() {
    this.wired = true;
    this.plot.on("plotly_click", ({ points: [point] }) => this.data.pick && Number.isInteger(point.customdata) && this.pick(point.customdata));
    const readout = this.$("readout").firstChild;
    this.plot.on("plotly_hover", ({ points }) => readsOut(this.data.figure.layout) && (readout.textContent = reading(points)));
    this.plot.on("plotly_unhover", () => (readout.textContent = ""));
    this.plot.on("plotly_relayout", (change) => {
      this.name();
      if (Object.keys(change).some((key) => /axis\d*\.(range|autorange)/.test(key))) this.$("reset").hidden = this.unzoomed();
      this.film.moveCursor();
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

  // Show or hide the lines of a group.
  show(group, visible) {
    const which = this.data.figure.data.flatMap((t, i) => (groupOf(t) === group ? [i] : []));
    window.Plotly.restyle(this.plot, { visible }, which).then(() => this.name());
    this.renewTable();
  }

  // ---- data and images (takeaway.js has the work) -----------------------------------------------------------------------

  shown(frame, dark) {
    return this.traces(frame, dark).filter((trace) => trace.visible === true);
  }

  async showTable(on) {
    const { rows, table } = await takeaway();
    this.$("table").setAttribute("aria-expanded", String(on));
    this.$("data").hidden = !on;
    const about = this.data.table ? this.data.say : [this.data.say, this.film.caption].filter(Boolean).join(" ");
    this.$("data").replaceChildren(...(on ? [table(rows(this.data, this.shown()), about)] : []));
  }

  renewTable() {
    if (!this.$("data").hidden) this.showTable(true);
  }

  async save(format) {
    (await takeaway()).save(this, format, this.$("look").value);
  }
}
