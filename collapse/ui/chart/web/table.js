// The numbers behind a chart, as rows: a column for each series, or one row for each point where an x repeats.

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

export function rows(traces) {
  const all = series(traces);
  if (!all.length) return [["nothing is shown"]];
  const columns = all.map((s) => new Map(s.x.map((x, i) => [x, s.y[i]])));
  if (columns.some((column, i) => column.size !== all[i].x.length)) // one x stands for several points
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

// Several sheets are the generations of a film: one block of rows for each, under one head.
export function csv(sheets) {
  const film = sheets.length > 1;
  const lines = sheets.flatMap((sheet, g) => sheet.slice(1).map((row) => (film ? [g, ...row] : row)));
  const head = film ? ["generation", ...sheets[0][0]] : sheets[0][0];
  return "\ufeff" + [head, ...lines].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}
