// The film bar, and the one clock of a page: whatever has generations is played, stepped and scrubbed together, at one speed.

export const BAR = `
  <button type="button" class="mc-button mc-play" aria-label="Play"><svg viewBox="0 0 16 16" aria-hidden="true">
    <path class="mc-go" d="M4 2.5v11l9-5.5z"/><path class="mc-stop" d="M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z"/></svg></button>
  <button type="button" class="mc-button mc-back" aria-label="One generation back"><svg viewBox="0 0 16 16"
    aria-hidden="true"><path d="M12.5 2.5v11L5.5 8zM3 2.5h2v11H3z"/></svg></button>
  <button type="button" class="mc-button mc-next" aria-label="One generation forward"><svg viewBox="0 0 16 16"
    aria-hidden="true"><path d="M3.5 2.5v11l7-5.5zM11 2.5h2v11h-2z"/></svg></button>
  <input class="mc-scrub" type="range" min="0" step="1" aria-label="Generation">
  <select class="mc-speed" aria-label="Speed"><option value="0.5">½ ×</option><option value="1" selected>1 ×</option>
    <option value="2">2 ×</option><option value="4">4 ×</option></select>
  <p class="mc-caption"></p><p class="mc-aloud" role="status"></p>`;

const PAUSE = 600; // ms of rest before something is said aloud
const still = matchMedia("(prefers-reduced-motion: reduce)");
const clocks = new Map(); // group -> Clock

export function clockOf(group) {
  if (!clocks.has(group)) clocks.set(group, new Clock(group));
  return clocks.get(group);
}

const LONG = 130, LONGER = 200; // letters of a headline: above, it takes smaller type, so that it stays as high
const ICONS = { healthy: "✓", alike: "≈", late: "●", wide: "↔", unlearnt: "○" }, PARTLY = "◔"; // of all other stages

// What is long about the first picture of a page is behind the button `how` on a phone, and while it is, the picture stays in sight.
// What stays is said by an attribute of Streamlit's wrapper, not asked with `:has()`: a browser would ask again at whatever is drawn.
export function fold(root, how) {
  const wrapper = root.closest(".st-key-lab-picture")?.parentElement;
  const stay = () => wrapper?.toggleAttribute("data-stays", !!how && !root.classList.contains("mc-open"));
  how?.addEventListener("click", () => {
    how.setAttribute("aria-expanded", String(root.classList.toggle("mc-open")));
    stay();
  });
  stay();
}

// What happened, in large type, below the same in a word: a function that writes both.
export function heading(root) {
  const say = teller(root), headline = root.querySelector(".mc-headline"), icon = document.createElement("span");
  const word = Object.assign(document.createElement("p"), { className: "mc-verdict" });
  icon.setAttribute("aria-hidden", "true");
  headline.before(word);
  return ({ headline: text = "", verdict: [stage, called] = [] }) => {
    Object.assign(headline, { textContent: text, hidden: !text });
    headline.classList.toggle("mc-long", text.length > LONG);
    headline.classList.toggle("mc-longer", text.length > LONGER);
    icon.textContent = ICONS[stage] ?? PARTLY;
    word.replaceChildren(icon, called ?? "");
    Object.assign(word, { hidden: !stage || !text }).dataset.stage = stage ?? "";
    say(text);
  };
}

// Says a headline aloud, once it has stayed for a moment: not the first one, which is read with the page, and not those of a drag.
function teller(root) {
  const place = Object.assign(document.createElement("p"), { className: "mc-aloud" });
  place.setAttribute("role", "status");
  root.append(place);
  let resting, before;
  return (text) => {
    if (before !== undefined && text !== before) {
      clearTimeout(resting);
      place.textContent = "";
      resting = setTimeout(() => (place.textContent = text), 2 * PAUSE);
    }
    before = text;
  };
}

// What all players of a group share: the generation, who leads, and the speed.
class Clock {
  constructor(group) {
    Object.assign(this, { group, bars: new Set(), speed: 1, leader: null });
    this.generation = undefined; // last shown
    this.chosen = undefined; // where the reader has stopped; undefined before that, and at the end of a film
  }

  // A player shows this generation: the others turn to it, and cursors move.
  tell(bar) {
    this.generation = bar.generation;
    this.chosen = bar.at < bar.last ? this.generation : undefined;
    for (const other of this.bars) if (other !== bar) other.turnTo(this.generation);
    this.cursors();
  }

  cursors() {
    window.dispatchEvent(new CustomEvent("mc-film", { detail: { group: this.group, frame: this.generation } }));
  }

  play(bar, pace = bar.player.pace) {
    this.pause();
    this.leader = bar;
    for (const each of this.bars) each.mark(true);
    if (bar.at >= bar.last) bar.go(0);
    let due = 0, before = performance.now();
    const tick = (now) => {
      if (this.leader !== bar) return;
      const steady = still.matches ? Math.min(1, pace) : pace * this.speed; // steps a second
      due += (Math.max(0, now - before) * steady) / 1000;
      before = now;
      const steps = Math.floor(due);
      due -= steps;
      if (steps) bar.go(bar.at + steps);
      if (bar.at >= bar.last) this.pause();
      else requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  pause() {
    const bar = this.leader;
    this.leader = null;
    for (const each of this.bars) each.mark(false);
    bar?.say();
    if (bar) window.dispatchEvent(new CustomEvent("mc-rest", { detail: { group: this.group } }));
  }

  set(speed) {
    this.speed = speed;
    for (const bar of this.bars) bar.$("speed").value = String(speed);
  }
}

// The bar of one player.  A player has `pace` (steps a second), `captions`, `times`, the
// generation of each step, and `turned()`, which draws the step that its bar is `at`.
export class Bar {
  constructor(place, player) {
    place.innerHTML = BAR;
    Object.assign(this, { place, player, at: 0, last: 0 });
    this.$ = (name) => place.querySelector(`.mc-${name}`);
    const click = (name, act) => this.$(name).addEventListener("click", act);
    click("play", () => (this.clock.leader ? this.clock.pause() : this.clock.play(this)));
    click("back", () => this.step(-1));
    click("next", () => this.step(1));
    this.$("scrub").addEventListener("input", (e) => (this.clock.pause(), this.go(+e.target.value)));
    this.$("speed").addEventListener("change", (e) => this.clock.set(+e.target.value));
  }

  close() {
    clearTimeout(this.resting);
    if (this.clock?.leader === this) this.clock.pause();
    this.clock?.bars.delete(this);
  }

  // New data, of a group: the step that is shown now, `start` if the reader has not chosen one.
  receive(group, start) {
    const clock = clockOf(group);
    if (clock !== this.clock) this.close();
    this.clock = clock;
    clock.bars.add(this);
    this.last = this.player.captions.length - 1;
    this.at = Math.min(clock.chosen === undefined ? start : this.stepAt(clock.chosen), this.last);
    this.$("scrub").max = this.last;
    this.$("speed").value = String(clock.speed);
    this.mark(!!clock.leader);
    this.update();
  }

  get generation() {
    return this.player.times[this.at];
  }

  get caption() {
    return this.player.captions[this.at] ?? "";
  }

  get playing() {
    return !!this.clock?.leader;
  }

  // The last step that is not later.
  stepAt(generation) {
    const at = Math.min(this.at, this.last);
    return this.player.times[at] === generation ? at : Math.max(0, this.player.times.findLastIndex((t) => t <= generation));
  }

  go(step) {
    this.at = Math.max(0, Math.min(step, this.last));
    this.update();
    this.player.turned();
    this.clock.tell(this);
  }

  turnTo(generation) {
    const step = this.stepAt(generation);
    if (step === this.at) return;
    this.at = step;
    this.update();
    this.player.turned();
  }

  step(by) {
    this.clock.pause();
    this.go(this.at + by);
    this.say();
  }

  update() {
    this.$("scrub").value = this.at;
    this.$("scrub").setAttribute("aria-valuetext", this.caption);
    this.$("caption").textContent = this.caption;
    this.$("aloud").textContent = "";
  }

  // To a screen reader: where the film has stopped, once. (While it plays nothing is said; the scrubber says its own value.)
  say() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => (this.$("aloud").textContent = this.caption), PAUSE);
  }

  mark(playing) {
    this.place.classList.toggle("mc-playing", playing);
    this.$("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  }
}
