// For a projector: large type, and nothing but the picture and its sentence. `?present=1` opens a page so, and the key P goes in and
// out; space plays, the arrows step, and 1 to 9 choose an experiment.

const NAME = "present";
let watched = false;

const on = () => document.documentElement.classList.contains("lab-present");
const visible = (selector) => [...document.querySelectorAll(selector)].find((e) => e.offsetParent !== null);

export function watch() {
  if (watched) return;
  watched = true;
  turn(new URLSearchParams(location.search).get(NAME) === "1");
  document.addEventListener("keydown", press);
}

function turn(present) {
  document.documentElement.classList.toggle("lab-present", present);
  const query = new URLSearchParams(location.search);
  if ((query.get(NAME) === "1") !== present) {
    if (present) query.set(NAME, "1");
    else query.delete(NAME);
    history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
  }
  window.dispatchEvent(new Event("lab-present")); // the charts draw anew, in the type of the room
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, [contenteditable=true], [role=dialog]")) return;
  if (event.key.toLowerCase() === "p") return void turn(!on());
  if (!on()) return;
  const act = action(event.key);
  if (!act) return;
  event.preventDefault();
  act.click();
}

function action(key) {
  if (key === " ") return visible(".mc-play, .mr-play");
  if (key === "ArrowRight") return visible(".mc-next, .mr-next");
  if (key === "ArrowLeft") return visible(".mc-back, .mr-back");
  if (key === "Escape") return void turn(false);
  return /^[1-9]$/.test(key) ? document.querySelectorAll("[class*=_presets] [role=radio]")[key - 1] : undefined;
}
