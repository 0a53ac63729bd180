// The numbers of a chart as a table in the page, or as a CSV file, under the names and in the units of what they are. Loaded late.

import { nameOf } from "./legend.js";

const SHOWN = 500; // rows in the page; the CSV file always has all

const plain = (text) => String(text ?? "").replace(/<br>/g, " ").replace(/<[^>]*>/g, "").trim();
const tidy = (v) => (typeof v !== "number" ? (v ?? "") : Number.isFinite(v) ? Number(v.toPrecision(6)) : ""); // float32 noise beyond six digits
const list = (values) => Array.from(values ?? [], tidy);

// Words and guides are no data: text, and lines that neither legend nor pointer knows.
const isData = (t) => t.name && t.mode !== "text" && !(t.hoverinfo === "skip" && t.showlegend === false);

// What stands along an axis: its title with the unit, and the words in place of numbers where the ticks have some.
function along(axis) {
  const title = plain(axis?.title?.text), unit = plain(axis?.ticksuffix);
  const words = new Map(axis?.tickvals && axis.ticktext ? Array.from(axis.tickvals, (v, i) => [v, plain(axis.ticktext[i])]) : []);
  return { title, unit, word: (v) => words.get(v) ?? v };
}

function series(traces, x) {
  return traces.filter(isData).map((t) => {
    if (t.type === "pie") return { name: plain(nameOf(t)), x: list(t.labels), y: list(t.values), text: [] };
    const places = list(t.x ?? Array.from(t.y ?? [], (_, j) => (t.x0 ?? 0) + j * (t.dx ?? 1)));
    const y = list(t.y).map((v) => (t.meta?.mark && v !== "" ? "yes" : v)); // a mark is there or not; its height is only drawn
    const text = Array.isArray(t.text) && t.text.length === places.length ? t.text.map(plain) : [];
    return { name: plain(nameOf(t)), mark: t.meta?.mark, x: places.map(x.word), y, text };
  });
}

const inUnit = (name, unit) => (unit ? `${name} (${unit})` : name);
const tangled = (all) => all.some((s) => new Set(s.x).size !== s.x.length); // one x stands for several points

// Head and rows of one picture: in columns by series, or, where an x stands for several points, one row for each point.
function sheet(traces, layout, long) {
  const x = along(layout.xaxis), y = along(layout.yaxis), all = series(traces, x);
  if (!all.length) return [["nothing is shown"]];
  const texts = all.some((s) => s.text.length);
  const across = inUnit(x.title || "x", x.unit);
  if (long ?? tangled(all))
    return [["series", across, inUnit(y.title || "y", y.unit), ...(texts ? ["name"] : [])],
      ...all.flatMap((s) => s.x.flatMap((v, i) => (v === "" && s.y[i] === "" ? [] : [[s.name, v, y.word(s.y[i]), ...(texts ? [s.text[i] ?? ""] : [])]])))];
  const columns = all.map((s) => new Map(s.x.map((v, i) => [v, s.y[i]])));
  const named = new Map(all.flatMap((s) => s.text.map((text, i) => [s.x[i], text])));
  const xs = [...new Set(all.flatMap((s) => s.x))].filter((v) => v !== "");
  if (xs.every((v) => typeof v === "number")) xs.sort((a, b) => a - b);
  const quantity = y.title && !all.every((s) => s.mark) ? `, ${y.title}` : "";
  const heads = all.map((s) => (s.mark ? s.name : inUnit(s.name + quantity, y.unit)));
  return [[across, ...(texts ? ["name"] : []), ...heads],
    ...xs.map((v) => [v, ...(texts ? [named.get(v) ?? ""] : []), ...columns.map((column) => column.get(v) ?? "")])];
}

// `data`: the picture's own table, if it has one, else what its lines hold.
const own = ({ head, columns }) => [head, ...Array.from(columns[0], (_, i) => columns.map((column) => tidy(column[i])))];
export const rows = (data, traces) => (data.table ? own(data.table) : sheet(traces, data.figure.layout));

export function table(cells, caption) {
  const [head, ...body] = cells;
  const el = (tag, text, attributes = {}) => {
    const node = Object.assign(document.createElement(tag), { textContent: text });
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const made = document.createElement("table");
  const cut = body.length > SHOWN ? ` (first ${SHOWN} of ${body.length} rows; the CSV file has all)` : "";
  const top = document.createElement("tr");
  top.append(...head.map((h) => el("th", h, { scope: "col" })));
  const thead = document.createElement("thead");
  thead.append(top);
  const tbody = document.createElement("tbody");
  for (const [first, ...rest] of body.slice(0, SHOWN)) {
    const tr = document.createElement("tr");
    tr.append(el("th", first, { scope: "row" }), ...rest.map((c) => el("td", c)));
    tbody.append(tr);
  }
  made.append(el("caption", caption + cut), thead, tbody);
  return made;
}

// A cell of text that begins like a formula is quoted with an apostrophe, so that no spreadsheet runs it.
function cell(value) {
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// `frames`: the traces of each generation of a film (one block of rows for each), or of the only picture; `about`: where they come from.
export function csv(data, frames, about) {
  let lines;
  if (data.table || frames.length === 1) lines = rows(data, frames[0]);
  else {
    const { layout } = data.figure;
    const long = frames.some((traces) => tangled(series(traces, along(layout.xaxis)))); // the same columns in every generation
    const sheets = frames.map((traces) => sheet(traces, layout, long));
    lines = [["generation", ...sheets[0][0]], ...sheets.flatMap((each, g) => each.slice(1).map((row) => [g, ...row]))];
  }
  const text = [[`# ${about}`], ...lines].map((row) => row.map(cell).join(",")).join("\r\n");
  return new Blob([`\ufeff${text}\r\n`], { type: "text/csv" });
}
