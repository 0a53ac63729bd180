// The first picture of a page, its stage: it plays once by itself, stays in sight on a phone, and fills a projector.

const HERO = ".st-key-lab-picture";
const SEEN = "lab-film-seen"; // in the session: it has played by itself
const REST = 1000; // ms before it begins
const SECONDS = 5; // that it lasts then
const PLOT = 230; // px that the plot may be high on a phone, so that a slider is in sight as well
const AROUND = 470; // px that stand above and below the plot on a low window, so that play is in sight
const WORDS = 390, LEAST = 280; // px that a projector needs for everything else, and that the plot is high at least
export const USUAL = 340; // px that a plot is high of which nothing else is said
export const phone = matchMedia("(max-width: 640px)");
export const short = matchMedia("(max-height: 820px)");
export const projector = new EventTarget(); // changes when the mode for projectors does
window.addEventListener("lab-present", () => projector.dispatchEvent(new Event("change")));
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Stage {
  constructor(chart, film) {
    this.chart = chart;
    this.hero = !!chart.root.closest(HERO);
    chart.root.classList.toggle("mc-hero", this.hero);
    if (this.hero) film.fold(chart.root, chart.$("how"));
    this.rest = ({ detail }) => detail.group === chart.group && this.tell();
  }

  get present() {
    return this.hero && document.documentElement.classList.contains("lab-present");
  }

  height(usual) {
    if (this.present) return Math.max(LEAST, window.innerHeight - WORDS);
    if (this.hero && phone.matches) return Math.min(usual, PLOT);
    return this.hero && short.matches ? Math.min(usual, Math.max(PLOT, window.innerHeight - AROUND)) : usual;
  }

  // Before the first drawing: will it play by itself?  Then what has come of it is said when the film ends.
  receive(data) {
    if (this.met) return this.tell();
    this.met = true;
    this.chart.plot.style.height = `${this.height(data.height ?? data.figure.layout.height ?? USUAL)}px`; // nothing jumps when it is drawn
    this.untold = this.hero && data.opens && data.film && !still.matches && !seen();
    this.chart.root.classList.toggle("mc-untold", this.untold);
  }

  drawn() {
    if (!this.untold || this.timer) return;
    window.addEventListener("mc-rest", this.rest);
    this.timer = setTimeout(() => {
      const { bar, clock } = this.chart.film;
      if (!this.untold || clock.leader || clock.chosen !== undefined && bar.at > 0) return this.tell();
      remember();
      clock.play(bar, bar.last / SECONDS);
    }, REST);
  }

  tell() {
    this.untold = false;
    this.chart.root.classList.remove("mc-untold");
    window.removeEventListener("mc-rest", this.rest);
  }

  close() {
    clearTimeout(this.timer);
    window.removeEventListener("mc-rest", this.rest);
  }
}

function seen() {
  try {
    return sessionStorage.getItem(SEEN) === "1";
  } catch {
    return true; // a frame without storage: it would play at every visit
  }
}

function remember() {
  try {
    sessionStorage.setItem(SEEN, "1");
  } catch {} // see above
}
