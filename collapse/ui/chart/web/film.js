// The film: a chart's generations, played, scrubbed and stepped, and the cursor that marks the generation shown in other charts.

import { move } from "./drawing.js";
import { bars } from "./figure.js";

const films = new Map(); // group -> generation last shown, for charts that appear later
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Film {
  constructor(chart) {
    this.chart = chart;
    this.$ = chart.$;
    this.frame = null; // the reader's generation; null until the scrubber is touched
    const click = (name, act) => this.$(name).addEventListener("click", act);
    click("play", () => this.play(!this.playing));
    click("back", () => this.step(-1));
    click("next", () => this.step(1));
    this.$("scrub").addEventListener("input", (e) => (this.play(false), this.go(+e.target.value)));
    this.follow = ({ detail }) => detail.group === chart.group && this.heard(detail);
    window.addEventListener("mc-film", this.follow);
  }

  close() {
    this.play(false);
    window.removeEventListener("mc-film", this.follow);
  }

  // `film`: captions, the generation to start with, and what changes in which trace; null for a picture that does not move.
  receive(film, traces) {
    this.$("film").hidden = !film;
    this.captions = film?.captions ?? null;
    this.changes = film?.traces ?? {};
    if (!film) return;
    this.last = film.captions.length - 1;
    this.at = Math.min(this.frame ?? film.start, this.last);
    this.moving = [...new Set([...Object.keys(film.traces).map(Number), ...bars(traces)])];
    this.$("scrub").max = this.last;
  }

  get caption() {
    return this.captions?.[this.at] ?? "";
  }

  // What trace i shows of a generation; a trace that does not change shows the same as ever.
  cell(i, frame) {
    const moving = this.changes[i];
    if (!moving) return (({ x, y }) => ({ x, y }))(this.chart.data.figure.data[i]);
    return Object.fromEntries(Object.keys(moving).map((name) => [name, moving[name][frame]]));
  }

  go(frame) {
    this.frame = this.at = Math.max(0, Math.min(frame, this.last));
    if (this.chart.ready) this.project();
    this.tell();
    if (!this.playing) this.chart.renewTable();
  }

  project() {
    move(this.chart.plot, this.moving.map((i) => this.cell(i, this.at)), this.moving);
  }

  step(by) {
    this.play(false);
    this.go(this.at + by);
  }

  // Another player has moved.  The strip of the loop takes films along; of two films each keeps its own generation.
  heard({ frame, by }) {
    this.moveCursor(frame);
    if (by === "loop" && this.captions && !this.playing && frame !== this.at && frame <= this.last) this.go(frame);
  }

  tell() {
    this.chart.root.dataset.frame = this.at;
    this.$("scrub").value = this.at;
    this.$("scrub").setAttribute("aria-valuetext", this.caption);
    this.$("caption").textContent = this.caption;
    films.set(this.chart.group, this.at);
    window.dispatchEvent(new CustomEvent("mc-film", { detail: { group: this.chart.group, frame: this.at } }));
  }

  play(on) {
    if (!!this.playing === on) return;
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.$("play").setAttribute("aria-label", on ? "Pause" : "Play");
    this.chart.root.classList.toggle("mc-playing", on);
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
  moveCursor(frame = films.get(this.chart.group)) {
    const line = this.$("cursor");
    const { xaxis: axis, _size: size } = this.chart.plot._fullLayout ?? {};
    const at = axis && frame !== undefined && this.chart.data.cursor ? axis.d2p(frame) : NaN;
    line.hidden = !(at >= 0 && at <= axis._length);
    if (line.hidden) return;
    line.style.transform = `translateX(${axis._offset + at}px)`;
    line.style.top = `${size.t}px`;
    line.style.height = `${size.h}px`;
  }
}
