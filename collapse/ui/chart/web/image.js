// The picture as a PNG or SVG file for a slide: what happened as its title, the chart, what it shows, and where it comes from, all
// inside, in the page's own font. Loaded after the first chart.

import { ends, escaped, labelled, room } from "./ends.js";

const WIDE = 1280, HIGH = 720, EDGE = 40; // px of a slide; a picture with more to say is higher
const TITLE = 30, SAY = 19, CAPTION = 17, ORIGIN = 13; // px of type
const pen = document.createElement("canvas").getContext("2d");

// `look`: "light", "dark", or "transparent", which keeps the colours of the page and leaves the background out.
export async function image(chart, format, look, { title, say, caption, origin }) {
  const dark = look === "transparent" ? chart.theme.dark : look === "dark";
  const paper = look === "transparent" ? "none" : dark ? "#10151c" : "#fdfcfa", [ink, soft] = dark ? ["#e7eaee", "#a7b1bd"] : ["#1c2733", "#55606d"];
  const family = `${chart.theme.font}, Arial, sans-serif`;
  const blocks = { title: lines(title, TITLE, 650), say: lines(say, SAY, 400), caption: lines(caption, CAPTION, 400), origin: lines(origin, ORIGIN, 400) };
  const tall = Object.values(blocks).reduce((sum, block) => sum + block.high, 0) + 2 * EDGE + 20;
  const plot = await drawn(chart, dark, family, Math.max(HIGH - tall, chart.layout().height * 1.15, 380));
  const height = Math.ceil(tall + plot.height);
  let y = EDGE;
  const write = ({ text, size, weight, high }, color) => {
    const spans = text.map((line, i) => `<tspan x="${EDGE}" y="${(y + size * (1 + 1.3 * i)).toFixed(1)}">${escaped(line)}</tspan>`).join("");
    y += high;
    return `<text font-size="${size}" font-weight="${weight}" fill="${color}">${spans}</text>`;
  };
  const head = write(blocks.title, ink) + write(blocks.say, soft), top = y + 10;
  y = top + plot.height + 10;
  const foot = write(blocks.caption, ink) + write(blocks.origin, soft);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDE}" height="${height}" viewBox="0 0 ${WIDE} ${height}" font-family="${escaped(family)}"><style>${await fontFace(chart.theme.font)}</style><rect width="100%" height="100%" fill="${paper}"/>${head}<g transform="translate(${EDGE},${top})">${plot.svg}</g>${foot}</svg>`;
  const blob = new Blob([svg], { type: "image/svg+xml" });
  return format === "svg" ? blob : pixels(blob, height);

  function lines(words, size, weight) {
    pen.font = `${weight} ${size}px ${family}`;
    const text = words ? [""] : [];
    for (const word of (words ?? "").split(/\s+/))
      pieces(word).forEach((piece, i) => {
        const longer = `${text.at(-1)}${text.at(-1) && i === 0 ? " " : ""}${piece}`;
        if (text.at(-1) && pen.measureText(longer).width > WIDE - 2 * EDGE) text.push(piece);
        else text[text.length - 1] = longer;
      });
    return { text, size, weight, high: text.length ? size * 1.3 * text.length + 8 : 0 };
  }
}

// A link may be cut where a part of it ends, and any other word without end after a hundred letters.
const pieces = (word) => word.match(/[^&]{1,100}&?|&/g) ?? [];

// The chart itself, drawn once more out of sight: with larger type, and without what is only for the screen.
async function drawn(chart, dark, family, height) {
  const width = WIDE - 2 * EDGE, layout = chart.layout(dark), traces = chart.shown(undefined, dark);
  for (const [name, axis] of Object.entries(layout))
    if (/^[xy]axis\d*$/.test(name)) layout[name] = { ...axis, range: chart.plot.layout[name].range?.slice(), showspikes: false };
  for (const trace of traces) if (labelled(trace)) trace.showlegend = false;
  const named = traces.filter((t) => t.name && t.showlegend !== false);
  Object.assign(layout, { width, height, paper_bgcolor: "rgba(0,0,0,0)", font: { ...layout.font, family, size: 16 },
    showlegend: chart.data.figure.layout.showlegend !== false && named.length > 1, legend: { ...layout.legend, font: { size: 15 } },
    margin: { l: 80, r: Math.max(24, room(traces, 16, family)), t: 20, b: 64 } });
  const stage = document.createElement("div");
  stage.style = `position: absolute; left: -9999px; top: 0; width: ${width}px; height: ${height}px`;
  document.body.append(stage);
  try {
    await window.Plotly.newPlot(stage, traces, layout, { staticPlot: true });
    const url = await window.Plotly.toImage(stage, { format: "svg", width, height });
    const svg = decodeURIComponent(url.slice(url.indexOf(",") + 1));
    return { height, svg: svg + ends(traces, stage._fullLayout, 16, family, "none") };
  } finally {
    window.Plotly.purge(stage);
    stage.remove();
  }
}

// The page's font, so that the file carries it wherever it is opened; without it the next of the stack is taken.
let carried;
async function fontFace(family) {
  const wanted = family.split(",")[0].replace(/["']/g, "").trim();
  return (carried ??= (async () => {
    try {
      const faces = [...document.styleSheets].flatMap((sheet) => rulesOf(sheet)).filter((rule) => rule instanceof CSSFontFaceRule);
      const face = faces.find(({ style }) => style.getPropertyValue("font-family").replace(/["']/g, "") === wanted && style.getPropertyValue("font-style") !== "italic");
      const [, path] = face.style.getPropertyValue("src").match(/url\("?([^")]+)"?\)/);
      const bytes = new Uint8Array(await (await fetch(new URL(path, face.parentStyleSheet.href ?? document.baseURI))).arrayBuffer());
      const text = btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
      return `@font-face{font-family:"${wanted}";font-weight:${face.style.getPropertyValue("font-weight") || "400"};src:url(data:font/woff2;base64,${text})}`;
    } catch {
      return "";
    }
  })());
}

function rulesOf(sheet) {
  try {
    return [...sheet.cssRules];
  } catch {
    return []; // of another host
  }
}

async function pixels(blob, height) {
  const address = URL.createObjectURL(blob);
  try {
    const picture = Object.assign(new Image(), { src: address });
    await picture.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * WIDE, height: 2 * height });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}
