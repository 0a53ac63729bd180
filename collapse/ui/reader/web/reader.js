// The same opening, continued by every generation: a large page for the generation that is played, and all of them side by side.
// Every word arrives as text and is drawn with `textContent`; nothing here reads markup.

const readers = new WeakMap(); // host element -> Reader
const still = matchMedia("(prefers-reduced-motion: reduce)");
const PACE = 2; // generations a second

export default function mount({ data, parentElement: host }) {
  const reader = readers.get(host) ?? new Reader(host);
  readers.set(host, reader);
  const turn = (reader.turn = (reader.turn ?? 0) + 1);
  reader.receive(JSON.parse(new TextDecoder().decode(data)));
  return () => {
    if (reader.turn !== turn) return; // a newer call has taken over
    readers.delete(host);
    reader.close();
  };
}

const SKELETON = `
<h2 class="mr-headline mc-headline" hidden></h2>
<p class="mr-say"></p>
<div class="mr-spread"><section class="mr-leaf"><h3>How the real text goes on</h3><p class="mr-book" dir="auto"></p></section>
  <section class="mr-leaf mr-now"><h3></h3><p class="mr-text" dir="auto"></p></section></div>
<div class="mr-film" role="group" aria-label="Play the generations">
  <button type="button" class="mr-button mr-play" aria-label="Play"><svg viewBox="0 0 16 16" aria-hidden="true">
    <path class="mr-go" d="M4 2.5v11l9-5.5z"/><path class="mr-stop" d="M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z"/></svg></button>
  <button type="button" class="mr-button mr-back" aria-label="One generation back"><svg viewBox="0 0 16 16"
    aria-hidden="true"><path d="M12.5 2.5v11L5.5 8zM3 2.5h2v11H3z"/></svg></button>
  <button type="button" class="mr-button mr-next" aria-label="One generation forward"><svg viewBox="0 0 16 16"
    aria-hidden="true"><path d="M3.5 2.5v11l7-5.5zM11 2.5h2v11h-2z"/></svg></button>
  <input class="mr-scrub" type="range" min="0" step="1" aria-label="Generation">
  <p class="mr-caption" aria-live="polite"></p></div>
<ol class="mr-row" tabindex="0" aria-label="Every generation, side by side"></ol>
<p class="mr-note"></p>
<button type="button" class="mr-button mr-save">All texts as a file</button>
<p class="mr-aside" hidden></p>`;

class Reader {
  constructor(host) {
    this.root = document.createElement("figure");
    this.root.className = "mr-reader";
    this.root.innerHTML = SKELETON;
    host.append(this.root);
    this.$ = (name) => this.root.querySelector(`.mr-${name}`);
    const click = (name, act) => this.$(name).addEventListener("click", act);
    click("play", () => this.play(!this.timer));
    click("back", () => this.step(-1));
    click("next", () => this.step(1));
    click("save", () => this.save());
    this.$("scrub").addEventListener("input", (e) => (this.play(false), this.go(+e.target.value)));
    this.follow = ({ detail }) => detail.group === this.data?.group && !this.telling && this.turnTo(detail.frame);
    window.addEventListener("mc-film", this.follow);
    this.listen = ({ detail }) => detail.key === this.data?.key && this.receive(detail);
    window.addEventListener("mc-live", this.listen);
  }

  close() {
    this.play(false);
    window.removeEventListener("mc-film", this.follow);
    window.removeEventListener("mc-live", this.listen);
    this.root.remove();
  }

  receive(data) {
    const before = this.data && this.at < this.data.columns.length - 1 ? this.at : undefined; // where the reader has stopped
    this.data = data;
    this.last = data.columns.length - 1;
    this.root.dataset.key = data.key;
    this.root.classList.toggle("mr-dark", dark(this.root));
    window.dispatchEvent(new CustomEvent("mc-received", { detail: { key: data.key } })); // the server is free again
    for (const name of ["headline", "aside"]) Object.assign(this.$(name), { textContent: data[name], hidden: !data[name] });
    this.$("say").textContent = data.say;
    this.$("note").textContent = data.note;
    this.$("scrub").max = this.last;
    this.words = data.book.map(([text]) => Object.assign(document.createElement("span"), { textContent: text }));
    this.$("book").replaceChildren(opening(data.prompt), ...this.words);
    this.$("row").replaceChildren(...data.columns.map((column, i) => this.card(column, i)));
    this.go(Math.min(before ?? this.last, this.last), false);
    this.root.dataset.drawn = data.revision;
  }

  card([generation, , pieces], i) {
    const card = document.createElement("li");
    const head = Object.assign(document.createElement("button"), { type: "button", className: "mr-head", textContent: title(generation) });
    head.addEventListener("click", () => (this.play(false), this.go(i)));
    const text = Object.assign(document.createElement("p"), { dir: "auto" });
    text.append("…", ...drawn(pieces));
    card.append(head, text);
    return card;
  }

  // Show column i; `aloud`: tell the charts of the page, whose cursors follow.
  go(i, aloud = true) {
    this.at = Math.max(0, Math.min(i, this.last));
    const [generation, caption, pieces] = this.data.columns[this.at];
    this.root.dataset.frame = generation;
    this.$("scrub").value = this.at;
    this.$("scrub").setAttribute("aria-valuetext", caption);
    this.$("caption").textContent = caption;
    this.$("now").querySelector("h3").textContent = `How ${title(generation).toLowerCase()} goes on`;
    this.$("text").replaceChildren(opening(this.data.prompt), ...drawn(pieces));
    this.words.forEach((word, k) => word.classList.toggle("mr-lost", this.data.book[k][1].includes(this.at)));
    [...this.$("row").children].forEach((card, k) => {
      card.classList.toggle("mr-here", k === this.at);
      card.querySelector("button").setAttribute("aria-pressed", String(k === this.at));
    });
    const row = this.$("row"), card = row.children[this.at];
    row.scrollTo({ left: card.offsetLeft - row.offsetLeft - (row.clientWidth - card.clientWidth) / 2,
      behavior: still.matches || this.timer ? "auto" : "smooth" });
    if (!aloud) return;
    this.telling = true;
    window.dispatchEvent(new CustomEvent("mc-film", { detail: { group: this.data.group, frame: generation } }));
    this.telling = false;
  }

  // A chart's film has moved: the nearest column that is not later.
  turnTo(generation) {
    const i = this.data.columns.findLastIndex(([t]) => t <= generation);
    if (i !== this.at) this.go(i, false);
  }

  step(by) {
    this.play(false);
    this.go(this.at + by);
  }

  play(on) {
    clearInterval(this.timer);
    this.timer = 0;
    this.root.classList.toggle("mr-playing", on);
    this.$("play").setAttribute("aria-label", on ? "Pause" : "Play");
    this.$("caption").setAttribute("aria-live", on ? "off" : "polite");
    if (!on) return;
    if (this.at >= this.last) this.go(0);
    this.timer = setInterval(() => {
      this.go(this.at + 1);
      if (this.at >= this.last) this.play(false);
    }, 1000 / (still.matches ? 1 : PACE));
  }

  save() {
    const { prompt, columns, book, caption } = this.data;
    const parts = [caption, `Real text\n${prompt}${book.map(([text]) => text).join("")}`,
      ...columns.map(([t, , pieces]) => `${title(t)}\n${prompt}${pieces.map(([text]) => text).join("")}`)];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([parts.join("\n\n")], { type: "text/plain;charset=utf-8" }));
    link.download = "generations.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}

function dark(element) {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(element).getPropertyValue("--st-background-color").trim() || "#ffffff"; // becomes #rrggbb
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(probe.fillStyle.slice(i, i + 2), 16));
  return 0.3 * r + 0.59 * g + 0.11 * b < 128;
}

const title = (generation) => `Generation ${generation}`;
const opening = (text) => Object.assign(document.createElement("span"), { className: "mr-opening", textContent: text });
const drawn = (pieces) => pieces.map(([text, isNew]) => (isNew ? Object.assign(document.createElement("b"), { textContent: text }) : text));
