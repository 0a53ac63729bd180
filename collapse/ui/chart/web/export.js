// What a reader can take away: the numbers as a table or CSV file, the picture as PNG or SVG. Loaded after the first chart.

const SHOWN = 500; // rows in the page; the CSV file always has all

const name = (trace, i) => String(trace.name ?? `series ${i + 1}`).replace(/<[^>]*>/g, "");
const list = (values) => Array.from(values ?? [], (v) => (typeof v === "number" ? tidy(v) : v));
const tidy = (v) => (Number.isFinite(v) ? Number(v.toPrecision(6)) : ""); // float32 noise beyond six digits

// Lines without a name are scaffolding (the lower edge of a band, a guide), unless nothing has a name.
function series(traces) {
  const named = traces.filter((t) => t.name);
  return (named.length ? named : traces).map((t, i) =>
    t.type === "pie"
      ? { name: name(t, i), x: list(t.labels), y: list(t.values) }
      : { name: name(t, i), x: list(t.x ?? Array.from(t.y ?? [], (_, j) => (t.x0 ?? 0) + j * (t.dx ?? 1))), y: list(t.y) });
}

const tangled = (traces) => series(traces).some((s) => new Set(s.x).size !== s.x.length); // one x stands for several points

// A trace may bring its own table (`meta.table`: head, then rows), where x and y are not what the reader should take away.
export function rows(traces, long = tangled(traces)) {
  const own = traces.find((t) => t.meta?.table)?.meta.table;
  if (own) return own;
  const all = series(traces);
  if (!all.length) return [["nothing is shown"]];
  const columns = all.map((s) => new Map(s.x.map((x, i) => [x, s.y[i]])));
  if (long)
    return [["series", "x", "y"], ...all.flatMap((s) => s.x.map((x, i) => [s.name, x, s.y[i] ?? ""]))];
  const xs = [...new Set(all.flatMap((s) => s.x))];
  if (xs.every((x) => typeof x === "number")) xs.sort((a, b) => a - b);
  return [["x", ...all.map((s) => s.name)], ...xs.map((x) => [x, ...columns.map((column) => column.get(x) ?? "")])];
}

export function table(cells, caption) {
  const [head, ...body] = cells;
  const el = (tag, text, attributes = {}) => {
    const node = Object.assign(document.createElement(tag), { textContent: text });
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const sheet = document.createElement("table");
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
  sheet.append(el("caption", caption + cut), thead, tbody);
  return sheet;
}

// A cell of text that begins like a formula is quoted with an apostrophe, so that no spreadsheet runs it.
function cell(value) {
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// `frames`: the traces of each generation of a film (one block of rows for each), or of the only picture.
export function csv(frames) {
  const film = frames.length > 1;
  const long = frames.some(tangled); // the same columns in every generation
  const sheets = frames.map((traces) => rows(traces, long));
  const lines = sheets.flatMap((sheet, g) => sheet.slice(1).map((row) => (film ? [g, ...row] : row)));
  const head = film ? ["generation", ...sheets[0][0]] : sheets[0][0];
  const text = [head, ...lines].map((row) => row.map(cell).join(",")).join("\r\n");
  return new Blob([`\ufeff${text}\r\n`], { type: "text/csv" });
}

// The picture as it is on the screen (theme, zoom, generation), with its sentence above and its parameters below.
export async function image(chart, format) {
  const layout = chart.layout();
  for (const [name, axis] of Object.entries(layout))
    if (/^[xy]axis\d*$/.test(name)) layout[name] = { ...axis, range: chart.plot.layout[name].range?.slice() };
  const title = wrap(chart.data.say, 95);
  const words = [chart.data.caption, chart.film.caption].filter(Boolean).join(" · ");
  const foot = { text: wrap(words, 130), showarrow: false, xref: "paper", yref: "paper", x: 0, xanchor: "left", align: "left",
    y: 0, yanchor: "top", yshift: -66, font: { size: 14 } };
  Object.assign(layout, {
    paper_bgcolor: chart.theme.paper, width: 1200, height: 720, showlegend: undefined,
    font: { ...layout.font, family: "Arial, sans-serif", size: 16 }, // a font that an image can rely on
    title: { text: title, x: 0.02, xanchor: "left", y: 0.97, yanchor: "top", font: { size: 20, weight: 600 } },
    legend: { ...layout.legend, font: { size: 15 }, traceorder: "normal" },
    margin: { l: 80, r: 30, t: title.includes("<br>") ? 122 : 98, b: 110 },
    annotations: [...(layout.annotations ?? []), foot],
  });
  const size = { format, width: 1200, height: 720, scale: format === "png" ? 2 : 1 };
  return asBlob(await window.Plotly.toImage({ data: chart.shown(), layout }, size), format);
}

// Our pages may not fetch data: addresses, so the address is taken apart by hand.
function asBlob(url, format) {
  const [head, body] = [url.slice(0, url.indexOf(",")), url.slice(url.indexOf(",") + 1)];
  if (!head.includes("base64")) return new Blob([decodeURIComponent(body)], { type: "image/svg+xml" });
  return new Blob([Uint8Array.from(atob(body), (c) => c.charCodeAt(0))], { type: `image/${format}` });
}

function wrap(text, width) {
  const lines = [""];
  for (const word of text.split(/\s+/))
    (lines.at(-1) + word).length > width ? lines.push(word) : (lines[lines.length - 1] += `${lines.at(-1) && " "}${word}`);
  return lines.join("<br>");
}

export function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
