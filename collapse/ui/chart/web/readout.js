// What is under the pointer, with names and units, in a line above the plot: "Generation 15 · typical 19%". It hides nothing.

const UNIFIED = "x unified";

// Charts over a common x are read out here; others keep plotly's own small label at the point.
export const readsOut = (layout) => layout.hovermode === UNIFIED;

export function quiet(trace, layout) {
  if (trace.hoverinfo === "skip" || !readsOut(layout)) return trace;
  const { hovertemplate, ...rest } = trace;
  return { ...rest, hoverinfo: "none" };
}

export function reading(points) {
  const [first] = points;
  const { xaxis, yaxis } = first;
  const shown = points.filter(({ data }) => data.name && !data.meta?.low).map(({ data, curveNumber, pointNumber, y }) => {
    if (Array.isArray(data.text)) return plain(data.text[pointNumber]);
    const name = data.meta?.label ?? plain(data.name);
    const low = points.find((p) => p.curveNumber === curveNumber - 1 && p.data.meta?.low);
    const said = low ? `${number(low.y)} to ${number(y)}` : number(y);
    return `${name} ${said}${yaxis.ticksuffix ?? ""}`;
  });
  return [where(first.x, xaxis), ...shown].join(" · ");
}

// The value across, in the words of its axis.
function where(x, axis) {
  const at = axis.tickvals ? Array.from(axis.tickvals).indexOf(x) : -1;
  if (at >= 0 && axis.ticktext) return plain(axis.ticktext[at]);
  const title = plain(axis.title?.text ?? "").replace(/\s*\(.*/, "");
  return title ? `${title[0].toUpperCase()}${title.slice(1)} ${number(x)}${axis.ticksuffix ?? ""}` : number(x);
}

const number = (v) => (typeof v !== "number" ? String(v) : Math.abs(v) >= 1e6 || (v && Math.abs(v) < 1e-4) ? v.toExponential(1)
  : Number(Math.abs(v) < 100 ? v.toPrecision(2) : v.toFixed()).toLocaleString("en"));
const plain = (text) => String(text).replace(/<br>/g, " ").replace(/<[^>]*>/g, "");
