// The film of a chart: its generations, moved in place, and the cursor that marks the generation shown in other charts.

import { move } from "./drawing.js";
import { bars } from "./figure.js";

const SECONDS = 8; // that a film lasts, about

export class Film {
  constructor(chart, { Bar, clockOf }) {
    this.chart = chart;
    this.clockOf = clockOf;
    this.bar = new Bar(chart.$("film"), this);
    this.follow = ({ detail }) => detail.group === chart.group && this.moveCursor();
    window.addEventListener("mc-film", this.follow);
  }

  close() {
    this.bar.close();
    window.removeEventListener("mc-film", this.follow);
  }

  // `film`: captions, the generation to start with, and what changes in which trace; null for a picture that does not move.
  receive(film, traces) {
    this.chart.$("film").hidden = !film;
    this.captions = film?.captions ?? null;
    this.changes = film?.traces ?? {};
    if (!film) return this.bar.close();
    this.times = film.captions.map((_, generation) => generation);
    this.moving = [...new Set([...Object.keys(film.traces).map(Number), ...bars(traces)])];
    this.bar.receive(this.chart.group, this.chart.stage.untold ? 0 : film.start);
    this.chart.root.dataset.frame = this.at;
    this.clock.generation ??= this.at;
    this.clock.cursors();
  }

  get clock() {
    return this.clockOf(this.chart.group);
  }

  get at() {
    return this.bar.at;
  }

  get pace() {
    return Math.min(12, Math.max(2, this.bar.last / SECONDS));
  }

  get caption() {
    return this.captions ? this.bar.caption : "";
  }

  // What trace i shows of a generation; a trace that does not change shows the same as ever.
  cell(i, frame) {
    const moving = this.changes[i];
    if (!moving) return (({ x, y }) => ({ x, y }))(this.chart.data.figure.data[i]);
    return Object.fromEntries(Object.keys(moving).map((name) => [name, moving[name][frame]]));
  }

  // Charts out of sight are moved when the reader comes near.
  turned() {
    this.chart.root.dataset.frame = this.at;
    if (this.chart.near) this.project();
    else this.behind = true;
    if (!this.bar.playing) this.chart.renewTable();
  }

  caughtUp() {
    if (this.behind) this.project();
  }

  // A chart that is not ready will draw the frame when it is.
  project() {
    if (!this.captions || !this.chart.ready) return;
    this.behind = false;
    const moved = move(this.chart.plot, this.moving.map((i) => this.cell(i, this.at)), this.moving);
    if (this.moving.some((i) => this.chart.data.figure.data[i].meta?.label)) moved.then(() => this.chart.name());
  }

  // An overlay is moved instead of redrawing the chart. `_offset` and `d2p` are plotly's own way from data to pixels.
  moveCursor() {
    const line = this.chart.$("cursor"), frame = this.clock.generation;
    const { xaxis: axis, _size: size } = this.chart.plot._fullLayout ?? {};
    const at = axis && frame !== undefined && this.chart.data.cursor ? axis.d2p(frame) : NaN;
    line.hidden = !(at >= 0 && at <= axis._length);
    if (line.hidden) return;
    line.style.transform = `translateX(${axis._offset + at}px)`;
    line.style.top = `${size.t}px`;
    line.style.height = `${size.h}px`;
  }
}
