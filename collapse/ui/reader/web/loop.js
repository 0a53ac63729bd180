// The loop as a strip of stations, played one after the other: what is in each comes from one lineage of the run.

import { draw } from "./cells.js";
import { FILM, fading, Player } from "./player.js";

const PACE = 0.8; // stations a second
const SKELETON = `
<h2 class="mr-headline mc-headline" hidden></h2>
<p class="mr-say"></p>
<ol class="mr-loop"></ol>
${FILM}
<section class="mr-story" aria-live="polite" hidden><h3></h3><p></p></section>
<div class="mr-turns" role="group" aria-label="The story" hidden><button type="button" class="mr-button mr-before">Back</button>
  <button type="button" class="mr-button mr-forth">Next</button><span></span></div>
<p class="mr-note"></p>
<p class="mr-aside" hidden></p>`;

export class Loop extends Player {
  constructor(host) {
    super(host, SKELETON, PACE);
    fading(this.$("loop"));
    this.$("play").setAttribute("title", "Play in slow motion");
    for (const [name, what] of [["back", "One station back"], ["next", "One station forward"]]) this.$(name).setAttribute("aria-label", what);
    this.$("scrub").setAttribute("aria-label", "Station");
    this.chapter = 0;
    this.$("before").addEventListener("click", () => this.read(this.chapter - 1));
    this.$("forth").addEventListener("click", () => this.read(this.chapter + 1));
  }

  get times() {
    return this.data.steps.map(([turn]) => this.data.turns[turn].generation);
  }

  get captions() {
    return this.data.steps.map(([turn, k, before]) => before + this.data.turns[turn].stations[k].label);
  }

  get first() {
    return 0;
  }

  // One chapter of the story; the strip turns to what it is about.
  read(i, turn = true) {
    const { story } = this.data, [title, text, step] = story[(this.chapter = i)];
    this.$("story").querySelector("h3").textContent = title;
    this.$("story").querySelector("p").textContent = text;
    this.$("turns").querySelector("span").textContent = `${i + 1} of ${story.length}`;
    this.$("before").disabled = i === 0;
    this.$("forth").disabled = i === story.length - 1;
    if (!turn) return;
    this.play(false);
    this.go(step);
  }

  fill({ acts, story }) {
    for (const name of ["story", "turns"]) this.$(name).hidden = !story.length;
    this.root.classList.toggle("mr-large", story.length > 0);
    if (story.length) this.read(Math.min(this.chapter, story.length - 1), false);
    this.cells = this.data.turns.map(({ stations }) => stations.map(({ cell }) => draw(this.data.cells[cell], this.data.behind)));
    this.places = acts.map(([what, page]) => {
      const place = document.createElement("li"), link = document.createElement("a");
      Object.assign(link, { href: page, title: what, target: "_self" });
      link.append(document.createElement("b"), document.createElement("span"));
      place.append(link, Object.assign(document.createElement("div"), { className: "mr-cell" }),
        Object.assign(document.createElement("p"), { className: "mr-what" }));
      place.querySelector("span").textContent = what;
      return place;
    });
    this.$("loop").replaceChildren(...this.places);
  }

  // Stations after the one that is shown still hold what the turn before has left there.
  show(i) {
    const [turn, here] = this.data.steps[i];
    this.places.forEach((place, k) => {
      const of = k <= here || k === 0 ? turn : turn - 1;
      const station = this.data.turns[Math.max(of, 0)].stations[k];
      place.classList.toggle("mr-here", k === here);
      place.classList.toggle("mr-later", of < 0);
      place.setAttribute("aria-current", k === here ? "step" : "false");
      place.querySelector("b").textContent = station.title;
      place.querySelector(".mr-what").textContent = of < 0 ? "" : station.label;
      place.querySelector(".mr-cell").replaceChildren(...(of < 0 ? [] : [this.cells[of][k]]));
    });
    const row = this.$("loop"), card = this.places[here];
    row.scrollTo({ left: card.offsetLeft - row.offsetLeft - (row.clientWidth - card.clientWidth) / 2, behavior: this.calm ? "auto" : "smooth" });
  }
}
