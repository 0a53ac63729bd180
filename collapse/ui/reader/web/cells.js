// Small pictures of data and of models, in an SVG or as words: what `figures/cells.py` describes.  All words arrive as text and stay text.

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 120, HIGH = 84, PAD = 6; // of the view box
const SIDE = 8; // pixels of an image

const node = (name, attributes, ...children) => {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
};
const text = (name, className, content) => Object.assign(document.createElement(name), { className, textContent: content });
const scale = ([low, high], from, to) => (v) => from + ((Math.max(low, Math.min(high, v)) - low) / (high - low)) * (to - from);
const across = (range) => scale(range, PAD, WIDE - PAD);
const up = (range) => scale(range, HIGH - PAD, PAD);
const path = (xs, ys, x, y) => "M" + xs.map((v, i) => `${x(v).toFixed(1)},${y(ys[i]).toFixed(1)}`).join("L");

const ring = (className, x, y) => (points) => node("path", { d: path(points.map(([a]) => a), points.map(([, b]) => b), x, y) + "Z", class: className });
const ghost = ({ curve, ellipses = [] }, x, y) => [...(curve ? [node("path", { d: path(...curve, x, y), class: "mr-ghost" })] : []),
  ...ellipses.map(ring("mr-ghost", x, y))];

const DRAW = {
  nothing: () => document.createElement("span"),

  dots({ axes: [xs, ys], real }, behind) {
    const [rx, ry] = behind.ranges;
    const x = across(rx), y = ry ? up(ry) : up([0, 1.05]);
    // In one dimension the dots lie below the real curve, at heights by their place in the list, so that they can be told apart.
    const marks = xs.map((v, i) => node("circle", { cx: x(v), cy: ry ? y(ys[i]) : y(0.08 + 0.5 * ((i * 0.618034) % 1)), r: 2.6,
      class: i < real ? "mr-true" : "mr-made" }));
    return svg(...ghost(behind, x, y), ...marks);
  },

  curve({ x: xs, y: ys }, behind) {
    const x = across(behind.ranges[0]), y = up([0, 1.05]);
    return svg(...ghost(behind, x, y), node("path", { d: path(xs, ys, x, y), class: "mr-drawn" }));
  },

  ellipses({ paths }, behind) {
    const x = across(behind.ranges[0]), y = up(behind.ranges[1]);
    return svg(...ghost(behind, x, y), ...paths.map(ring("mr-drawn", x, y)));
  },

  bars({ shares, real }) {
    const most = Math.sqrt(Math.max(...real, ...shares)), wide = (WIDE - 2 * PAD) / real.length;
    const bar = (className, part) => (share, i) => {
      const high = ((HIGH - 2 * PAD) * Math.sqrt(share)) / most;
      return node("rect", { x: PAD + i * wide, y: HIGH - PAD - high, width: wide * part, height: high, class: className });
    };
    return svg(...real.map(bar("mr-ghost", 0.85)), ...shares.map(bar("mr-bar", 0.5)));
  },

  words({ words }) {
    const all = document.createElement("p");
    all.className = "mr-said";
    words.forEach(([word, made]) => all.append(text("span", made ? "mr-made" : "mr-true", word), " "));
    return all;
  },

  text({ texts, made }) {
    const all = document.createElement("p");
    all.className = "mr-said mr-quoted";
    texts.forEach((part, i) => all.append(text("span", made[i] ? "mr-made" : "mr-true", `“${part}…” `)));
    return all;
  },

  images({ count, pixels }) {
    const ink = Uint8Array.from(atob(pixels), (c) => c.charCodeAt(0)), columns = Math.min(count, 4), rows = Math.ceil(count / columns) || 1;
    const canvas = Object.assign(document.createElement("canvas"), { width: columns * (SIDE + 2), height: rows * (SIDE + 2) });
    const image = new ImageData(canvas.width, canvas.height);
    ink.forEach((value, i) => {
      const k = Math.floor(i / SIDE ** 2), p = i % SIDE ** 2;
      const px = (k % columns) * (SIDE + 2) + 1 + (p % SIDE), py = Math.floor(k / columns) * (SIDE + 2) + 1 + Math.floor(p / SIDE);
      image.data.set([128, 128, 128, value], 4 * (py * canvas.width + px)); // a grey that is seen on light and on dark
    });
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  },
};

const svg = (...children) => node("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, "aria-hidden": "true", focusable: "false" }, ...children);

// `behind`: what all cells of a run share: their axes, and what the real world looks like, which is drawn behind them; or nothing.
export const draw = (cell, behind) => DRAW[cell.kind](cell, behind);
