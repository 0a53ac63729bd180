// The wall of digits.  Large: what is real, generation 1, and the generation that is played, with what a fixed reader reads.  Small: all
// generations, one row each, in the same columns.  Every row is a canvas of one pixel for each pixel of an image; CSS makes it large.

import { FILM, HOW, give, Player, title } from "./player.js";

const PACE = 3; // generations a second
const SIDE = 8, CELL = SIDE + 2; // pixels of an image, and of its place
const SKELETON = `
<h2 class="mr-headline mc-headline" hidden></h2>
<p class="mr-say"></p>
<div class="mr-beats" role="img"><p class="mr-beat mr-label-real"></p><canvas class="mr-real"></canvas>
  <p class="mr-beat mr-label-first">Generation 1</p><canvas class="mr-first"></canvas>
  <p class="mr-beat mr-label-now"></p><canvas class="mr-shown"></canvas></div>
<ul class="mr-readings" aria-label="What the reader reads in this generation"></ul>
${FILM}
${HOW}
<p class="mr-beat mr-label-all">All generations, one row each. Click a row to look at it.</p>
<div class="mr-all"><canvas class="mr-small" aria-hidden="true"></canvas><div class="mr-mark" aria-hidden="true"></div></div>
<p class="mr-note"></p>
<button type="button" class="mr-button mr-save">Save the wall as an image</button>
<p class="mr-aside" hidden></p>`;

export class Wall extends Player {
  constructor(host) {
    super(host, SKELETON, PACE);
    this.$("all").addEventListener("click", (e) => {
      const box = this.$("small").getBoundingClientRect();
      this.play(false);
      this.go(Math.floor(((e.clientY - box.top) / box.height) * (this.last + 1)));
    });
  }

  get times() {
    return this.data.captions.map((_, generation) => generation);
  }

  get captions() {
    return this.data.captions;
  }

  fill(data) {
    this.ink = Uint8Array.from(atob(data.pixels), (c) => c.charCodeAt(0));
    this.root.style.setProperty("--columns", data.columns);
    this.$("beats").setAttribute("aria-label", data.alt);
    this.$("label-real").textContent = data.top;
    this.draw(this.$("real"), [0]);
    this.draw(this.$("first"), [Math.min(1, this.last)]);
    this.draw(this.$("small"), this.times);
    this.$("readings").replaceChildren(...data.readings[0].map(() => document.createElement("li")));
  }

  show(i) {
    this.$("label-now").textContent = i ? title(i) : this.data.top;
    this.draw(this.$("shown"), [i]);
    this.$("mark").style.top = `${(100 * i) / (this.last + 1)}%`;
    this.$("mark").style.height = `${100 / (this.last + 1)}%`;
    this.data.readings[i].forEach(([digit, sure, verdict], k) => {
      const place = this.$("readings").children[k];
      const read = Object.assign(document.createElement("b"), { textContent: digit });
      const how = Object.assign(document.createElement("span"), { textContent: `${sure}%` });
      const judged = Object.assign(document.createElement("i"), { textContent: verdict === "right" ? "" : verdict });
      place.className = verdict.replace(" ", "-");
      place.title = `Read as ${digit}, ${sure}% sure${verdict ? `: ${verdict}` : ""}`;
      place.replaceChildren(read, how, judged);
    });
  }

  // Generations, one row each, as ink on nothing: the page's own colour shines through, and the ink is its text colour.
  draw(canvas, generations) {
    const { columns } = this.data;
    canvas.width = columns * CELL;
    canvas.height = generations.length * CELL;
    const image = new ImageData(canvas.width, canvas.height);
    const [r, g, b] = getComputedStyle(this.root).color.match(/\d+/g).map(Number); // that of the text, in forced colours as well
    generations.forEach((t, row) => {
      for (let c = 0; c < columns; c++)
        for (let p = 0; p < SIDE * SIDE; p++) {
          const y = row * CELL + 1 + Math.floor(p / SIDE), x = c * CELL + 1 + (p % SIDE);
          image.data.set([r, g, b, this.ink[(t * columns + c) * SIDE * SIDE + p]], 4 * (y * canvas.width + x));
        }
    });
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  save() {
    const small = this.$("small"), scale = 6;
    const page = Object.assign(document.createElement("canvas"), { width: small.width * scale, height: small.height * scale + 30 });
    const pen = page.getContext("2d");
    pen.fillStyle = getComputedStyle(this.root).getPropertyValue("--paper");
    pen.fillRect(0, 0, page.width, page.height);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(small, 0, 0, page.width, small.height * scale);
    pen.fillStyle = "#7a8590";
    pen.font = "11px sans-serif";
    pen.fillText(this.data.caption, 6, page.height - 10, page.width - 12);
    page.toBlob((blob) => give(blob, `${this.data.name}.png`));
  }
}
