// The link that repeats the page. `replaceState` keeps the address bar in step without adding to the history; Streamlit sends
// the bar's query with every rerun, so server and bar cannot disagree.

const KEEP = /^(embed|embed_options|controls)$/; // how the page is shown, which is not part of what it shows
const boxes = new WeakMap(); // host element -> box
let count = 0;

export default function mount({ data: [query], parentElement: host }) {
  const box = boxes.get(host) ?? build(host);
  boxes.set(host, box);
  const { origin, pathname, search } = location;
  const field = box.querySelector(".mc-link");
  field.value = `${origin}${pathname}${query && `?${query}`}`;
  const full = new URLSearchParams(query);
  for (const [name, value] of new URLSearchParams(search)) if (KEEP.test(name) && !new URLSearchParams(query).has(name)) full.append(name, value);
  const bar = `${pathname}${full.size ? `?${full}` : ""}${location.hash}`;
  if (bar !== pathname + search + location.hash) history.replaceState(history.state, "", bar);
  return () => {}; // nothing to stop; the element goes with its host
}

function build(host) {
  const id = `mc-share-${++count}`;
  const box = document.createElement("div");
  box.className = "mc-share";
  box.innerHTML = `<label for="${id}">Link to exactly this</label>
    <div><input class="mc-link" id="${id}" type="text" readonly><button type="button" class="mc-copy">Copy link</button></div>
    <p role="status"></p>`;
  const field = box.querySelector(".mc-link");
  const said = box.querySelector("p");
  field.addEventListener("focus", () => field.select());
  box.querySelector(".mc-copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "Copied. Whoever opens the link sees this same page.";
    } catch {
      field.focus(); // no permission (a plain http page, an embedded one): select it, the reader copies
      said.textContent = "The link is selected: copy it with your keyboard.";
    }
    setTimeout(() => (said.textContent = ""), 6000);
  });
  host.append(box);
  return box;
}
