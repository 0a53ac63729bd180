// The link and the code that repeat the page. `replaceState` keeps the address bar in step without adding to the history.
// A server that has lost the session (it was started anew, say) opens the page by the query that Streamlit remembers, the one of the
// reader's arrival; so as soon as the connection is back the browser asks whether it is known, and if not loads the page again, by the
// bar. What has been lost is then said, with the names of data that only the server had.

import { watch } from "./present.js";

const KEEP = /^(embed|embed_options|controls|present)$/; // how the page is shown, which is not part of what it shows
const boxes = new WeakMap(); // host element -> box
let count = 0;
let known; // the session that the server had when it wrote the bar
let own = ""; // data of the reader's own, by name
let address = ""; // what the bar shall say, if it does not say so yet
const LOST = "lab-lost";
const SOON = 150; // ms
const idle = window.requestIdleCallback ?? ((act) => setTimeout(act));

watch();
awaitConnection();

export default function mount({ data: [said, query, code, session, mine, short], parentElement: host }) {
  const box = boxes.get(host) ?? build(host);
  boxes.set(host, box);
  const { origin, pathname, search } = location;
  box.querySelector(".mc-words").textContent = said;
  box.querySelector(".mc-link").value = `${origin}${pathname}${query && `?${query}`}`;
  box.querySelector("code").textContent = code;
  const full = new URLSearchParams(query);
  for (const [name, value] of new URLSearchParams(search)) if (KEEP.test(name) && !new URLSearchParams(query).has(name)) full.append(name, value);
  const bar = `${pathname}${full.size ? `?${full}` : ""}${location.hash}`;
  const lost = known !== undefined && known !== session;
  known = session;
  if (!lost) own = mine;
  tell();
  window.labShort = { bar: bar.slice(pathname.length), query: `?${short}` };
  const behind = bar !== pathname + search + location.hash;
  if (behind && lost) again();
  else address = behind ? bar : "";
  if (address) idle(write, { timeout: SOON });
  return () => {}; // nothing to stop; the element goes with its host
}

// It takes a browser some milliseconds, for which no picture has to wait.
function write() {
  if (address) history.replaceState(history.state, "", address);
  address = "";
}

function awaitConnection() {
  let there = true;
  new MutationObserver(([{ target }]) => {
    const now = target.dataset.testConnectionState === "CONNECTED";
    if (now && !there && known && window.lab?.live)
      fetch(new URL(`../here/${known}`, window.lab.live)).then(({ status }) => status === 410 && again(), () => {});
    there = now;
  }).observe(document.documentElement, { subtree: true, attributeFilter: ["data-test-connection-state"] });
}

function again() {
  write();
  try {
    sessionStorage.setItem(LOST, own || "-");
  } catch {} // a browser that keeps nothing says nothing
  location.reload();
}

// After a loss: what it was, once, until it is put away.
function tell() {
  let lost = null;
  try {
    lost = sessionStorage.getItem(LOST);
    sessionStorage.removeItem(LOST);
  } catch {}
  if (!lost) return;
  const note = document.createElement("div");
  note.className = "mc-lost";
  note.setAttribute("role", "status");
  const needed = lost === "-" ? "" : ` Your own data, ${lost}, were kept there and nowhere else: bring them again to go on with them.`;
  note.append(`The server was restarted, or needed the room for others. The page goes on with the same settings.${needed} `);
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => note.remove());
  note.append(close);
  document.body.append(note);
}

function build(host) {
  const id = `mc-share-${++count}`;
  const box = document.createElement("div");
  box.className = "mc-share";
  box.innerHTML = `<p class="mc-words"></p><label for="${id}">Link to exactly this</label>
    <div><input class="mc-link" id="${id}" type="text" readonly><button type="button" class="mc-copy">Copy link</button></div>
    <p role="status"></p>
    <details><summary>The code that made it</summary><div><pre tabindex="0" role="region" aria-label="Python code"><code></code></pre>
      <button type="button" class="mc-copy">Copy code</button></div><p role="status"></p></details>`;
  const field = box.querySelector(".mc-link");
  const [link, code] = box.querySelectorAll(".mc-copy");
  const [copied, taken] = box.querySelectorAll("[role=status]");
  field.addEventListener("focus", () => field.select());
  link.addEventListener("click", () => copy(field.value, copied, "Whoever opens the link sees this same page.", () => field.focus()));
  code.addEventListener("click", () => copy(box.querySelector("code").textContent, taken, "It prints the numbers of this page.",
    () => getSelection().selectAllChildren(box.querySelector("code"))));
  host.append(box);
  return box;
}

async function copy(text, status, then, select) {
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = `Copied. ${then}`;
  } catch {
    select(); // no permission (a plain http page, an embedded one): select it, the reader copies
    status.textContent = "It is selected: copy it with your keyboard.";
  }
  setTimeout(() => (status.textContent = ""), 6000);
}
