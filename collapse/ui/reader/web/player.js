// What every hero with generations of its own shares: the film bar, on the one clock of the page.

const still = matchMedia("(prefers-reduced-motion: reduce)");

export const FILM = `<div class="mc-film" role="group" aria-label="Play the generations"></div>`;

// Of a hero: on a phone it is a stage that stays in sight, and what is long about it is behind this button.
export const HOW = `<button type="button" class="mr-button mr-how" aria-expanded="false">How to read this</button>`;

let film; // the module with the bar and the clock, which charts use as well
export const use = (module) => (film = module);

// A subclass has `fill(data)`, which draws what stays; `show(i)`, which draws step i; and the getters `times`, the generation of every
// step, and `captions`.  `pace`: steps a second.
export class Player {
  constructor(host, skeleton, pace) {
    this.pace = pace;
    this.root = document.createElement("figure");
    this.root.className = "mr-reader";
    this.root.innerHTML = skeleton;
    host.append(this.root);
    this.root.classList.toggle("mr-hero", !!host.closest(".st-key-lab-picture"));
    this.$ = (name) => this.root.querySelector(`:is(.mr-${name}, .mc-${name})`);
    this.bar = new film.Bar(this.$("film"), this);
    this.heading = film.heading(this.root);
    const how = this.$("how");
    this.root.classList.toggle("mr-folds", !!how);
    if (this.root.closest(".st-key-lab-picture")) film.fold(this.root, how);
    this.$("save")?.addEventListener("click", () => this.save());
    this.listen = ({ detail }) => detail.key === this.data?.key && this.receive(detail);
    window.addEventListener("mc-live", this.listen);
    this.near = true; // in or close to the window, as far as is known
    this.catchUp = () => this.waiting && this.take(this.waiting);
    this.watcher = new IntersectionObserver(([e]) => ((this.near = e.isIntersecting), this.near && this.catchUp()), { rootMargin: "200px" });
    this.watcher.observe(this.root);
    window.addEventListener("beforeprint", this.catchUp);
  }

  close() {
    this.bar.close();
    this.watcher.disconnect();
    window.removeEventListener("beforeprint", this.catchUp);
    window.removeEventListener("mc-live", this.listen);
    this.root.remove();
  }

  // Out of sight other data wait until the reader comes near or prints.
  receive(data) {
    if (this.near || !this.data) this.take(data);
    else this.waiting = data;
  }

  take(data) {
    this.waiting = null;
    this.data = data;
    this.root.dataset.key = data.key;
    this.root.classList.toggle("mr-dark", dark(this.root));
    window.dispatchEvent(new CustomEvent("mc-received", { detail: { key: data.key } })); // the server is free again
    Object.assign(this.$("aside"), { textContent: data.aside, hidden: !data.aside });
    this.$("say").textContent = data.say;
    this.heading(data);
    this.$("note").textContent = data.note;
    this.fill(data);
    this.bar.receive(data.group, this.first);
    this.turned();
    this.root.dataset.drawn = data.revision;
  }

  // The step that is shown before anybody has chosen one.
  get first() {
    return this.last;
  }

  get last() {
    return this.times.length - 1;
  }

  get at() {
    return this.bar.at;
  }

  // A step of our own: the others follow.
  go(i) {
    this.bar.go(i);
  }

  play(on) {
    if (on) this.bar.clock.play(this.bar);
    else this.bar.clock.pause();
  }

  turned() {
    this.root.dataset.frame = this.times[this.at];
    this.show(this.at);
  }

  // May things glide now?
  get calm() {
    return still.matches || this.bar.playing;
  }
}

// A strip that scrolls sideways fades where more of it is: a card that is cut there looks unfinished otherwise.
export function fading(row) {
  const look = () => {
    row.classList.toggle("mr-more-before", row.scrollLeft > 4);
    row.classList.toggle("mr-more-after", row.scrollLeft + row.clientWidth < row.scrollWidth - 4);
  };
  row.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(row);
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
