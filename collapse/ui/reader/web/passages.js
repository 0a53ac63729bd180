// The same opening, continued by every generation: a large page for the generation that is played, and all of them side by side.
// Every word arrives as text and is drawn with `textContent`; nothing here reads markup.

import { FILM, HOW, fading, give, Player, title } from "./player.js";

const PACE = 2; // generations a second
const SKELETON = `
<h2 class="mr-headline mc-headline" hidden></h2>
<p class="mr-say"></p>
${FILM}
<p class="mr-key"><mark class="mr-again">said before</mark> in the same passage · <span class="mr-lost">lost</span> ·
  <b>new</b>, not read by generation 0</p>
<div class="mr-spread"><section class="mr-leaf"><h3>How the real text goes on</h3><p class="mr-book" dir="auto"></p></section>
  <section class="mr-leaf mr-now"><h3></h3><p class="mr-text" dir="auto"></p></section></div>
${HOW}
<ol class="mr-row" tabindex="0" aria-label="Every generation, side by side"></ol>
<p class="mr-note"></p>
<button type="button" class="mr-button mr-save">All texts as a file</button>
<p class="mr-aside" hidden></p>`;

export class Passages extends Player {
  constructor(host) {
    super(host, SKELETON, PACE);
    fading(this.$("row"));
  }

  get times() {
    return this.data.columns.map(([generation]) => generation);
  }

  get captions() {
    return this.data.columns.map(([, caption]) => caption);
  }

  fill(data) {
    this.words = data.book.map(([text]) => Object.assign(document.createElement("span"), { textContent: text }));
    this.$("book").replaceChildren(opening(data.prompt), ...this.words);
    this.$("row").replaceChildren(...data.columns.map((column, i) => this.card(column, i)));
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

  show(i) {
    const [generation, , pieces] = this.data.columns[i];
    this.$("now").querySelector("h3").textContent = `How ${title(generation).toLowerCase()} goes on`;
    this.$("text").replaceChildren(opening(this.data.prompt), ...drawn(pieces));
    this.words.forEach((word, k) => word.classList.toggle("mr-lost", this.data.book[k][1].includes(i)));
    [...this.$("row").children].forEach((card, k) => {
      card.classList.toggle("mr-here", k === i);
      card.querySelector("button").setAttribute("aria-pressed", String(k === i));
    });
    const row = this.$("row"), card = row.children[i];
    row.scrollTo({ left: card.offsetLeft - row.offsetLeft - (row.clientWidth - card.clientWidth) / 2,
      behavior: this.calm ? "auto" : "smooth" });
  }

  save() {
    const { prompt, columns, book, caption } = this.data;
    const parts = [caption, `Real text\n${prompt}${book.map(([text]) => text).join("")}`,
      ...columns.map(([t, , pieces]) => `${title(t)}\n${prompt}${pieces.map(([text]) => text).join("")}`)];
    give(new Blob([parts.join("\n\n")], { type: "text/plain;charset=utf-8" }), "generations.txt");
  }
}

const opening = (text) => Object.assign(document.createElement("span"), { className: "mr-opening", textContent: text });

// Pieces of a text: a word that is new in bold, what was said before as marked text, and what is both as both.
const drawn = (pieces) => pieces.map(([text, isNew, again]) => {
  const word = isNew ? Object.assign(document.createElement("b"), { textContent: text }) : document.createTextNode(text);
  if (!again) return word;
  const mark = Object.assign(document.createElement("mark"), { className: "mr-again" });
  mark.append(word);
  return mark;
});
