// Words where lines end, instead of a legend: pushed apart where they would meet, with a thin leader to a line that is elsewhere or
// ends early. A trace whose name stands in the picture already says so itself (`named`).

const LETTERS = 16; // of a label in one line
const GAP = 6; // px between the plot and a label
const EARLY = 14; // px between the end of a line and that of the plot, for a leader
const pen = document.createElement("canvas").getContext("2d");

export const labelled = (trace) => !!(trace.meta?.label || trace.meta?.named);
const shown = (trace) => trace.meta?.label && !trace.meta.low && (trace.visible ?? true) === true;

function lines(text) {
  const found = [""];
  for (const word of text.split(" "))
    `${found.at(-1)} ${word}`.length > LETTERS && found.at(-1) ? found.push(word) : (found[found.length - 1] = `${found.at(-1)} ${word}`.trim());
  return found;
}

// How much room the labels take to the right of a plot, whether their lines are hidden or not.
export function room(traces, size, family) {
  pen.font = `600 ${size}px ${family}`;
  const all = traces.filter((t) => t.meta?.label && t.visible !== false).flatMap((t) => lines(t.meta.label));
  return all.length ? GAP + 4 + Math.ceil(Math.max(...all.map((line) => pen.measureText(line).width))) : 0;
}

// The last point of a trace in sight, in px from the left and the top of the plot; of stacked areas and bars the middle of the layer, of
// a band the middle of both its lines.
function end(traces, i, xaxis, yaxis) {
  const trace = traces[i], right = xaxis.range[1] + 1e-9 * Math.abs(xaxis.range[1]);
  const inside = (x) => (xaxis.type === "log" ? Math.log10(x) : x) <= right;
  const last = (t) => {
    for (let k = t.y.length - 1; k >= 0; k--) if (Number.isFinite(t.y[k]) && t.y[k] !== null && inside(t.x[k])) return k;
    return -1;
  };
  const k = last(trace), value = (t) => t.y[last(t)];
  if (k < 0 || (trace.type === "bar" && !trace.y.some((v) => v > 0))) return null;
  let y = trace.y[k];
  const stacked = (t) => t.visible === true && (trace.type === "bar" ? t.type === "bar" : trace.stackgroup && t.stackgroup === trace.stackgroup);
  if (stacked(trace)) y = traces.slice(0, i).filter(stacked).reduce((sum, t) => sum + value(t), y / 2);
  const px = (v) => Math.max(0, Math.min(yaxis._length, yaxis.d2p(v)));
  const below = trace.fill === "tonexty" && traces[i - 1]?.meta?.low;
  return { x: trace.type === "bar" ? xaxis._length : xaxis.d2p(trace.x[k]), y: below ? (px(y) + px(value(traces[i - 1]))) / 2 : px(y) };
}

// SVG for the labels of a drawn plot (`full`, its _fullLayout): as text, so that an exported image can hold it, too.
export function ends(traces, full, size, family, halo) {
  const { xaxis, yaxis } = full, high = size * 1.15;
  const marks = traces.flatMap((trace, i) => {
    if (!shown(trace)) return [];
    const point = end(traces, i, xaxis, yaxis), text = lines(trace.meta.label);
    return point ? [{ at: point.y, from: point.x, text, color: trace.meta.color, tall: text.length * high }] : [];
  }).sort((a, b) => a.at - b.at);
  place(marks, yaxis._length);
  const left = xaxis._offset + xaxis._length, top = yaxis._offset;
  return marks.map(({ at, from, y, text, color }) => {
    const early = xaxis._length - from > EARLY, off = Math.abs(at - y) > high / 2;
    const way = `M${xaxis._offset + from + EARLY / 2} ${top + at}H${left}`;
    const leader = (early ? `<path d="${way}" stroke="${color}" fill="none" stroke-dasharray="1 3"/>` : "")
      + (early || off ? `<path d="M${left + 1} ${top + at}L${left + GAP - 1} ${top + y}" stroke="${color}" fill="none"/>` : "");
    const spans = text.map((line, k) => `<tspan x="${left + GAP + 1}" y="${(top + y + (k - (text.length - 1) / 2) * high + size * 0.35).toFixed(1)}">${escaped(line)}</tspan>`);
    return `${leader}<text font-family="${escaped(family)}" font-size="${size}" font-weight="600" fill="${color}" stroke="${halo}" stroke-width="3" paint-order="stroke">${spans.join("")}</text>`;
  }).join("");
}

// Apart, in their order, each as near to its line as the others allow: blocks of labels that touch move together.
function place(marks, length) {
  const blocks = [];
  for (const mark of marks) {
    blocks.push({ marks: [mark], tall: mark.tall, middle: mark.at });
    while (blocks.length > 1 && overlap(blocks.at(-2), blocks.at(-1), length)) {
      const below = blocks.pop(), above = blocks.at(-1);
      const n = above.marks.length + below.marks.length;
      above.middle = (above.middle * above.marks.length + below.middle * below.marks.length) / n;
      above.marks.push(...below.marks);
      above.tall += below.tall;
    }
  }
  for (const block of blocks) {
    let y = start(block, length);
    for (const mark of block.marks) ((mark.y = y + mark.tall / 2), (y += mark.tall));
  }
}

const start = ({ middle, tall }, length) => Math.max(-8, Math.min(length + 8 - tall, middle - tall / 2));
const overlap = (above, below, length) => start(above, length) + above.tall > start(below, length);

export const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
