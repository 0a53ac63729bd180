// One family of models in a row of small pictures; its heading is a link to the page of the family with these settings.

import { draw } from "./cells.js";
import { dark } from "./player.js";

export class Family {
  constructor(host) {
    this.root = document.createElement("figure");
    this.root.className = "mr-reader";
    this.root.innerHTML = `<h3><a target="_self"></a></h3><ol class="mr-family"></ol>`;
    host.append(this.root);
  }

  close() {
    this.root.remove();
  }

  receive({ key, title, page, columns, say, behind, revision }) {
    this.root.dataset.key = key;
    this.root.classList.toggle("mr-dark", dark(this.root));
    Object.assign(this.root.querySelector("a"), { href: page, textContent: title, title: say });
    this.root.querySelector("ol").replaceChildren(...columns.map(([heading, label, cell]) => {
      const column = document.createElement("li"), place = Object.assign(document.createElement("div"), { className: "mr-cell" });
      place.append(draw(cell, behind));
      column.append(Object.assign(document.createElement("b"), { textContent: heading }), place,
        Object.assign(document.createElement("p"), { textContent: label }));
      return column;
    }));
    this.root.dataset.drawn = revision;
  }
}
