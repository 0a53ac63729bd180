// What every hero with generations of its own shares: play, scrub and step, and the cursor of the page's charts, which follows.

const still = matchMedia("(prefers-reduced-motion: reduce)");

export const FILM = `
<div class="mr-film" role="group" aria-label="Play the generations">
  <button type="button" class="mr-button mr-play" aria-label="Play"><svg viewBox="0 0 16 16" aria-hidden="true">
    <path class="mr-go" d="M4 2.5v11l9-5.5z"/><path class="mr-stop" d="M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z"/></svg></button>
  <button type="button" class="mr-button mr-back" aria-label="One generation back"><svg viewBox="0 0 16 16"
    aria-hidden="true"><path d="M12.5 2.5v11L5.5 8zM3 2.5h2v11H3z"/></svg></button>
  <button type="button" class="mr-button mr-next" aria-label="One generation forward"><svg viewBox="0 0 16 16"
    aria-hidden="true"><path d="M3.5 2.5v11l7-5.5zM11 2.5h2v11h-2z"/></svg></button>
  <input class="mr-scrub" type="range" min="0" step="1" aria-label="Generation">
  <p class="mr-caption" aria-live="polite"></p></div>`;

// A subclass has `fill(data)`, which draws what stays; `show(i)`, which draws step i; and the getters `times`, the generation of every
// step, and `captions`.  `pace`: steps a second.
export class Player {
  constructor(host, skeleton, pace) {
    this.pace = pace;
    this.root = document.createElement("figure");
    this.root.className = "mr-reader";
    this.root.innerHTML = skeleton;
    host.append(this.root);
    this.$ = (name) => this.root.querySelector(`.mr-${name}`);
    const click = (name, act) => this.$(name).addEventListener("click", act);
    click("play", () => this.play(!this.timer));
    click("back", () => this.step(-1));
    click("next", () => this.step(1));
    this.$("save")?.addEventListener("click", () => this.save());
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
    const before = this.data && this.at < this.last ? this.at : undefined; // where the reader has stopped
    this.data = data;
    this.last = this.times.length - 1;
    this.root.dataset.key = data.key;
    this.root.classList.toggle("mr-dark", dark(this.root));
    window.dispatchEvent(new CustomEvent("mc-received", { detail: { key: data.key } })); // the server is free again
    for (const name of ["headline", "aside"]) Object.assign(this.$(name), { textContent: data[name], hidden: !data[name] });
    this.$("say").textContent = data.say;
    this.$("note").textContent = data.note;
    this.$("scrub").max = this.last;
    this.fill(data);
    this.go(Math.min(before ?? this.first, this.last), false);
    this.root.dataset.drawn = data.revision;
  }

  // The step that is shown before anybody has chosen one.
  get first() {
    return this.last;
  }

  // Show step i; `aloud`: tell the charts of the page, whose cursors follow.
  go(i, aloud = true) {
    this.at = Math.max(0, Math.min(i, this.last));
    const generation = this.times[this.at], caption = this.captions[this.at];
    this.root.dataset.frame = generation;
    this.$("scrub").value = this.at;
    this.$("scrub").setAttribute("aria-valuetext", caption);
    this.$("caption").textContent = caption;
    this.show(this.at);
    if (!aloud) return;
    this.telling = true;
    window.dispatchEvent(new CustomEvent("mc-film", { detail: { group: this.data.group, frame: generation, by: this.data.kind } }));
    this.telling = false;
  }

  // A chart's film has moved: the nearest step that is not later.
  turnTo(generation) {
    const i = this.times.findLastIndex((t) => t <= generation);
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
    }, 1000 / (still.matches ? Math.min(1, this.pace) : this.pace));
  }

  // May things glide now?
  get calm() {
    return still.matches || this.timer;
  }
}

export function give(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export function dark(element) {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(element).getPropertyValue("--st-background-color").trim() || "#ffffff"; // becomes #rrggbb
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(probe.fillStyle.slice(i, i + 2), 16));
  return 0.3 * r + 0.59 * g + 0.11 * b < 128;
}

export const title = (generation) => `Generation ${generation}`;
