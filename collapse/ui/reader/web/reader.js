// A hero that is no chart: passages of a text, a wall of images, the loop, or a family in a row.  Which of them, its data say.

import { Family } from "./family.js";
import { Loop } from "./loop.js";
import { Passages } from "./passages.js";
import { use } from "./player.js";
import { Wall } from "./wall.js";

const KINDS = { passages: Passages, loop: Loop, family: Family, wall: Wall };
const readers = new WeakMap(); // host element -> Player

export default function mount({ data, parentElement: host }, film) {
  use(film);
  const told = JSON.parse(new TextDecoder().decode(data));
  let reader = readers.get(host);
  if (reader && !(reader instanceof KINDS[told.kind])) {
    reader.close();
    reader = null;
  }
  reader ??= new KINDS[told.kind](host);
  readers.set(host, reader);
  const turn = (reader.turn = (reader.turn ?? 0) + 1);
  reader.receive(told);
  return () => {
    if (reader.turn !== turn) return; // a newer call has taken over
    readers.delete(host);
    reader.close();
  };
}
