// A figure as it is drawn here and now: in the colours of the page, at its width, for the reader's pointer.

import { room } from "./ends.js";
import { axes, recolour } from "./figure.js";
import { quiet, readsOut } from "./readout.js";
import { USUAL } from "./stage.js";

const LARGE = 22; // px: type for a projector
const LINE = 1.15; // of the size of type: the height of a line of it
const LETTER = 0.5; // of the size of type: the width of a letter of a title, which is larger
const NAME = 24; // letters of the name of a row in one line, on a narrow chart
const NARROW = 480; // px: below this, smaller type and margins
export const print = matchMedia("print");
export const forced = matchMedia("(forced-colors: active)");
const touch = matchMedia("(pointer: coarse)");

export const typeSize = (chart) => (chart.stage.present ? LARGE : chart.width < NARROW ? 11 : 13);

export function traces(chart, frame, dark) {
  const { data, film, legend } = chart;
  return data.figure.data.map((trace, i) => {
    const own = quiet(recolour(trace, dark && data.dark), data.figure.layout);
    if (own.fillpattern && !print.matches && !forced.matches) delete own.fillpattern; // elsewhere words and tints are enough
    if (chart.stage.present && own.textfont) own.textfont = { ...own.textfont, size: LARGE };
    if (trace.visible !== false) own.visible = legend.hides(trace) ? "legendonly" : true;
    return film.changes[i] ? Object.assign(own, film.cell(i, frame)) : own;
  });
}

export function layout(chart, dark) {
  const { data, theme, width, plot } = chart;
  const made = recolour(data.figure.layout, dark && data.dark);
  const narrow = width < NARROW, size = typeSize(chart);
  made.width = width;
  made.height = chart.stage.height(data.height ?? made.height ?? USUAL);
  plot.style.height = `${made.height}px`;
  made.uirevision ??= "keep";
  made.showlegend = false; // ours is made of buttons, or of words at the lines
  if (chart.stage.present) made.annotations = made.annotations?.map((a) => ({ ...a, font: { ...a.font, size: LARGE } }));
  made.font = { ...made.font, family: theme.font, size: narrow || chart.stage.present ? size : made.font?.size };
  if (narrow) made.margin = { ...made.margin, l: Math.min(40, made.margin?.l ?? 40), r: 8 };
  const wide = room(data.figure.data, size, theme.font);
  if (wide) made.margin = { ...made.margin, r: Math.max(made.margin?.r ?? 0, wide) };
  if (readsOut(made)) {
    made.hovermode = "x";
    made.xaxis = { ...made.xaxis, showspikes: true, spikemode: "across", spikethickness: 1, spikedash: "solid", spikecolor: made.xaxis.linecolor };
  }
  made.yaxis = spaced(made, size, narrow);
  if (touch.matches) made.dragmode = false;
  for (const [name, axis] of axes(made)) made[name] = { ...titled(name, axis, made, size), ...(touch.matches && { fixedrange: true }) }; // let the page scroll
  return made;
}

// Names of rows that would stand in one another on a low window: the first and the last stay, and of the others those that have room.
function spaced({ yaxis, height, margin }, size, narrow) {
  const { tickvals: at, ticktext: names, range } = yaxis ?? {};
  if (!names?.length || !range || yaxis.type === "log") return yaxis;
  const px = (height - (margin?.t ?? 0) - (margin?.b ?? 0)) / Math.abs(range[1] - range[0]);
  const kept = [0, at.length - 1];
  at.forEach((v, i) => kept.every((k) => k !== i && Math.abs(v - at[k]) * px >= LINE * size) && kept.push(i));
  kept.sort((a, b) => a - b);
  return { ...yaxis, tickvals: kept.map((i) => at[i]), ticktext: kept.map((i) => (narrow ? broken(names[i], NAME) : names[i])) };
}

// An axis whose title is in two lines, if it is longer than the axis.
function titled(name, axis, { width, height, margin }, size) {
  const [begin, end] = axis.domain ?? [0, 1], { l = 0, r = 0, t = 0, b = 0 } = margin ?? {};
  const px = (end - begin) * (name.startsWith("x") ? width - l - r : height - t - b);
  return axis.title?.text ? { ...axis, title: { ...axis.title, text: broken(axis.title.text, px / (LETTER * size)) } } : axis;
}

// In two lines, as equal as can be, if it is longer than so many letters.
function broken(text, letters) {
  const gaps = [...text.matchAll(/ /g)].map(({ index }) => index), off = (at) => Math.abs(at - text.length / 2);
  if (text.length <= letters || text.includes("<") || !gaps.length) return text;
  const at = gaps.reduce((a, b) => (off(b) < off(a) ? b : a));
  return `${text.slice(0, at)}<br>${text.slice(at + 1)}`;
}
