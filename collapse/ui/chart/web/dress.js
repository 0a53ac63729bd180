// A figure as it is drawn here and now: in the colours of the page, at its width, for the reader's pointer.

import { room } from "./ends.js";
import { axes, recolour } from "./figure.js";
import { quiet, readsOut } from "./readout.js";

const LARGE = 22; // px: type for a projector
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
  made.height = chart.stage.height(data.height ?? made.height ?? 340);
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
  if (touch.matches) made.dragmode = false;
  for (const [name, axis] of axes(made)) if (touch.matches) made[name] = { ...axis, fixedrange: true }; // let the page scroll
  return made;
}
