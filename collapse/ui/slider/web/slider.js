// A slider that speaks while it is dragged. A native range carries mouse, touch, keyboard and screen reader; the number field
// beside it shows the value large enough for a projector and takes any number from `least` to `most`, which may lie beyond the
// slider's ends.
//
// How often it speaks: at once, then at least GAP apart, and never with a second question on its way: it waits until a chart
// of the page has the answer (`mc-received`), at most PATIENCE. Without that wait a slow page queues stale pictures and lags
// further behind the finger with every move. Waiting until the answer is also drawn (`mc-drawn`) would leave server and
// browser idle in turn: 11 pictures a second instead of 16, none of them fresher.  And when it may speak again it waits a moment
// (STILL) for the hand's next move: the last one is up to two frames old by then, and so would the picture be.

const GAP = 50; // ms
const STILL = 25; // ms after which a hand is taken to rest
const PATIENCE = 1500; // ms: to ask again sooner would abort the answer that is on its way
const sliders = new WeakMap(); // host element -> Slider
let count = 0;

export default function mount({ data, parentElement: host, setStateValue }) {
  for (const line of host.querySelectorAll(".mc-plain")) line.hidden = true; // we are alive
  const slider = sliders.get(host) ?? new Slider(host);
  sliders.set(host, slider);
  const turn = (slider.turn = (slider.turn ?? 0) + 1);
  slider.receive(data, setStateValue);
  return () => {
    if (slider.turn !== turn) return; // a newer call has taken over
    sliders.delete(host);
    slider.close();
  };
}

class Slider {
  constructor(host) {
    const id = `mc-slider-${++count}`;
    this.root = document.createElement("div");
    this.root.className = "mc-slider";
    this.root.innerHTML = `
      <div class="mc-head"><label class="mc-label" for="${id}"></label>
        <span class="mc-value"><input class="mc-number" type="number" step="any" inputmode="decimal"><span class="mc-unit"></span></span></div>
      <input class="mc-range" id="${id}" type="range" aria-describedby="${id}-help ${id}-wrong">
      <p class="mc-help" id="${id}-help"></p><p class="mc-wrong" id="${id}-wrong" role="alert"></p>`;
    host.append(this.root);
    this.$ = (name) => this.root.querySelector(`.mc-${name}`);
    this.$("number").setAttribute("aria-describedby", `${id}-wrong`);
    this.stamp = 0;
    this.sent = -Infinity;
    const range = this.$("range");
    range.addEventListener("pointerdown", () => (this.dragging = true));
    range.addEventListener("keydown", (e) => (this.holding = e.repeat));
    range.addEventListener("input", () => this.moved());
    range.addEventListener("change", () => !this.holding && this.settle());
    range.addEventListener("keyup", () => this.release());
    this.$("number").addEventListener("change", () => this.typed());
    this.release = this.release.bind(this);
    this.answered = () => ((this.waiting = false), this.pump(STILL));
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, this.release);
    window.addEventListener("mc-received", this.answered);
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.patience);
    for (const end of ["pointerup", "pointercancel"]) window.removeEventListener(end, this.release);
    window.removeEventListener("mc-received", this.answered);
    this.root.remove();
  }

  receive(data, send) {
    const shape = JSON.stringify([data.low, data.high, data.step, data.log, data.rungs, data.whole]);
    const reshaped = shape !== this.shape;
    const follow = data.version !== this.data?.version;
    Object.assign(this, { data, send, shape });
    this.$("label").textContent = data.label;
    this.$("number").setAttribute("aria-label", `${data.label}, typed`);
    this.$("unit").textContent = data.percent ? "%" : data.unit;
    this.$("help").textContent = data.help;
    this.$("range").disabled = this.$("number").disabled = data.disabled;
    if (reshaped) this.scale();
    // The server's echo of an older value must not pull the thumb back: only a new version moves it.
    if (follow) this.value = this.settled = data.value;
    if (follow || reshaped) this.show();
    if (data.wrong) this.complain(data.wrong);
  }

  // A logarithmic slider climbs a ladder of distinct, round numbers (the same as slider/__init__.py: ladder).
  scale() {
    const { low, high, step, log, rungs, whole } = this.data;
    const round = (x) => (whole ? Math.round(+x.toPrecision(2)) : +x.toPrecision(2));
    const inner = Array.from({ length: rungs - 1 }, (_, i) => round(low * (high / low) ** ((i + 1) / rungs)));
    this.ladder = log && [...new Set([low, ...inner.filter((x) => low < x && x < high), high])];
    Object.assign(this.$("range"), log ? { min: 0, max: this.ladder.length - 1, step: 1 } : { min: low, max: high, step });
  }

  read() {
    const at = +this.$("range").value;
    return this.ladder ? this.ladder[at] : +at.toPrecision(12);
  }

  show(field = true) {
    const { value, data } = this;
    const range = this.$("range");
    const near = (best, x, i) => (Math.abs(Math.log(x / value)) < Math.abs(Math.log(this.ladder[best] / value)) ? i : best);
    range.value = this.ladder ? this.ladder.reduce(near, 0) : value;
    range.setAttribute("aria-valuetext", this.say(value));
    range.style.setProperty("--part", `${(100 * (range.value - range.min)) / (range.max - range.min)}%`);
    const digits = (x) => `${+(data.percent ? x * 100 : x).toPrecision(6)}`;
    const longest = Math.max(...[data.low, data.high, data.low + data.step, value].map((x) => digits(x).length));
    this.$("number").style.width = `${Math.max(3, longest) + 1.6}ch`;
    if (field) this.$("number").value = digits(value);
    this.complain("");
  }

  say(value, unit = this.data.unit) {
    const { percent } = this.data;
    return percent ? `${+(value * 100).toPrecision(4)}%` : `${value.toLocaleString("en")}${unit && ` ${unit}`}`;
  }

  complain(text) {
    this.$("wrong").textContent = text;
    this.$("number").toggleAttribute("aria-invalid", !!text);
    if (text) this.$("number").setAttribute("aria-invalid", "true");
  }

  moved() {
    this.value = this.read();
    this.show();
    if (!this.data.live || !(this.dragging || this.holding)) return; // a single key press settles at once
    this.next = this.value;
    this.pump();
  }

  pump(still = 0) {
    if (this.next === undefined || this.waiting) return;
    const early = this.sent + GAP - performance.now();
    clearTimeout(this.timer);
    if (early > 0 || still) return void (this.timer = setTimeout(() => this.pump(), Math.max(early, 0) + STILL));
    this.sent = performance.now();
    this.waiting = true;
    clearTimeout(this.patience);
    this.patience = setTimeout(this.answered, PATIENCE);
    this.told = this.next;
    this.next = undefined;
    this.ask(this.told);
  }

  // The hero follows from the link alone: ask for it, and rerun the script only where nobody answers.
  async ask(value) {
    const link = this.direct(value);
    try {
      const answer = link && (await fetch(link));
      if (answer?.status === 429) return this.answered(); // too many ask: the next move asks again
      if (answer?.status === 200) return void window.dispatchEvent(new CustomEvent("mc-live", { detail: await answer.json() }));
    } catch (error) {
      console.warn(error);
    }
    if (this.dragging || this.holding) this.tell("live", value);
    else this.answered();
  }

  direct(value) {
    if (!window.lab?.live || !this.data.asks) return null;
    const [page, knob] = this.data.asks;
    const query = new URLSearchParams(location.search);
    query.set(knob, value);
    return `${window.lab.live}${page}?${query}`;
  }

  release() {
    if (!this.dragging && !this.holding) return;
    this.dragging = this.holding = false;
    this.settle();
  }

  settle() {
    if (this.dragging) return; // `change` may come before the pointer is up
    clearTimeout(this.timer);
    this.next = undefined;
    if (this.value === this.settled && (this.told === undefined || this.told === this.settled)) return; // nothing happened
    if (this.direct(this.value) && this.told !== undefined && this.told !== this.value) {
      this.next = this.value; // what is on its way must not be the last word
      this.pump();
    }
    this.settled = this.value;
    this.told = undefined;
    this.tell("settled", this.value);
  }

  tell(name, value) {
    this.stamp = Math.max(Date.now(), this.stamp + 1);
    this.send(name, [this.stamp, value]);
  }

  typed() {
    const { least: low, most: high, percent, whole } = this.data;
    const text = this.$("number").value;
    const value = text === "" ? NaN : +(+text / (percent ? 100 : 1)).toPrecision(12);
    const kind = whole ? "a whole number" : "a number";
    if (!(value >= low && value <= high) || (whole && !Number.isInteger(value)))
      return this.complain(`Please type ${kind} from ${this.say(low, "")} to ${this.say(high)}. ${this.say(this.value)} is still used.`);
    this.value = value;
    this.show();
    this.settle();
  }
}
