// A pad of cells, each of them a button: a pointer paints with a soft brush, the keyboard walks with the arrows and toggles with the
// space bar.  What is drawn is told when the hand rests.

const REST = 350; // ms after which a hand is taken to rest
const SOFT = 0.4; // ink of the four neighbours of a painted cell
const pads = new WeakMap(); // host element -> Pad

export default function mount({ data, parentElement: host, setStateValue }) {
  const pad = pads.get(host) ?? new Pad(host, data);
  pads.set(host, pad);
  pad.tell = (ink) => setStateValue("ink", ink);
  const turn = (pad.turn = (pad.turn ?? 0) + 1);
  return () => {
    if (pad.turn !== turn) return; // a newer call has taken over
    pads.delete(host);
    pad.close();
  };
}

class Pad {
  constructor(host, { side, most }) {
    Object.assign(this, { side, most, ink: new Array(side * side).fill(0) });
    this.root = document.createElement("div");
    this.root.className = "mp-pad";
    this.root.innerHTML = `<div class="mp-grid" role="group" aria-label="Drawing pad, ${side} rows of ${side} cells: walk with the arrow keys,
      draw with the space bar"></div><button type="button" class="mp-clear">Clear</button>`;
    host.append(this.root);
    this.grid = this.root.querySelector(".mp-grid");
    this.grid.style.setProperty("--side", side);
    this.cells = this.ink.map((_, i) => this.cell(i));
    this.grid.append(...this.cells);
    this.grid.addEventListener("pointerdown", (e) => this.press(e));
    this.grid.addEventListener("pointermove", (e) => this.stroke && this.paint(e));
    this.grid.addEventListener("keydown", (e) => this.walk(e));
    this.lift = () => (this.stroke = false);
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, this.lift);
    this.root.querySelector(".mp-clear").addEventListener("click", () => this.set(this.ink.map((_, i) => [i, 0])));
  }

  close() {
    clearTimeout(this.timer);
    for (const end of ["pointerup", "pointercancel"]) window.removeEventListener(end, this.lift);
    this.root.remove();
  }

  cell(i) {
    const name = `Row ${Math.floor(i / this.side) + 1}, column ${(i % this.side) + 1}`;
    const cell = Object.assign(document.createElement("button"), { type: "button", className: "mp-cell", tabIndex: i ? -1 : 0 });
    cell.setAttribute("aria-label", name);
    cell.setAttribute("aria-pressed", "false");
    cell.addEventListener("click", (e) => !e.detail && this.set([[i, this.ink[i] ? 0 : this.most]])); // by keyboard: a pointer has painted
    return cell;
  }

  press(e) {
    e.target.releasePointerCapture?.(e.pointerId); // a finger would hold on to its first cell
    this.stroke = true;
    this.paint(e);
  }

  paint(e) {
    e.preventDefault();
    const i = this.cells.indexOf(document.elementFromPoint(e.clientX, e.clientY));
    if (i < 0) return;
    const { side } = this, x = i % side;
    const near = [x > 0 && i - 1, x < side - 1 && i + 1, i - side, i + side].filter((k) => k !== false && k >= 0 && k < side * side);
    this.set([[i, this.most], ...near.map((k) => [k, Math.max(this.ink[k], SOFT * this.most)])]);
  }

  walk(e) {
    const at = this.cells.indexOf(document.activeElement), { side } = this;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - side, ArrowDown: at + side }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    if (to < 0 || to >= side * side || (e.key.match(/Left|Right/) && Math.floor(to / side) !== Math.floor(at / side))) return;
    this.cells[at].tabIndex = -1;
    this.cells[to].tabIndex = 0;
    this.cells[to].focus();
  }

  set(changes) {
    for (const [i, ink] of changes) {
      this.ink[i] = ink;
      this.cells[i].style.setProperty("--ink", ink / this.most);
      this.cells[i].setAttribute("aria-pressed", String(ink > 0));
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell([...this.ink]), REST);
  }
}
