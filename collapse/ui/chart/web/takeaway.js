// What a reader can take away from a chart, under which name, and what is said of its origin.

import { csv, rows, table } from "./table.js";
import { image } from "./image.js";

export { rows, table };

const ROOT = new URL(import.meta.url).pathname.split("/component/")[0];
const page = () => location.pathname.slice(ROOT.length).replace(/^\/|\/$/g, "") || "home";

// The link to what is shown: the address, or, on a page that was opened without one, what its caption says.  An image takes the short
// link to the same, where there is one.
function link({ caption }, format) {
  const { bar, query: short } = window.labShort ?? {};
  if (format !== "csv" && short && bar === location.search + location.hash) return `${location.origin}${location.pathname}${short}`;
  const query = location.search || (caption.includes("=") ? `?${caption.split(" · ").at(-1)}` : "");
  return `${location.origin}${location.pathname}${query}`;
}

export async function save(chart, format, look) {
  const { data, film } = chart, origin = `Model Collapse Lab · ${link(data, format)}`;
  const verdict = data.headline || document.querySelector(":is(.mc-headline, .mr-headline):not([hidden])")?.textContent;
  const words = { title: verdict || data.say, say: verdict ? data.say : "", caption: film.caption, origin };
  const frames = film.captions?.map((_, generation) => chart.shown(generation)) ?? [chart.shown()];
  const blob = format === "csv" ? csv(data, frames, `${data.say} ${origin}`) : await image(chart, format, look, words);
  const file = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${page()}-${data.name}.${format}` });
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 10000);
}
