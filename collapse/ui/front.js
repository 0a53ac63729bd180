// The first script of every page of ours: where the server is, light or dark, links without a reload, and the end of the static first paint.
(() => {
  const root = new URL("./", location.href).href, html = document.documentElement;
  window.__streamlit = { BACKEND_BASE_URL: root }; // left alone, Streamlit asks under every deep link first and logs the 404
  window.lab = { live: new URL("./live/", location.href).href };
  html.classList.add("lab-ours");
  html.classList.toggle("lab-embedded", new URLSearchParams(location.search).get("embed") === "true");

  // Light or dark.  Streamlit follows the system, which it asks by this one query; so do the still pictures, by the colour scheme around them.
  const ask = window.matchMedia.bind(window), DARK = "(prefers-color-scheme: dark)", system = ask(DARK), told = new EventTarget();
  let choice = "";
  try { choice = localStorage.getItem("lab-colours") ?? ""; } catch { /* storage is refused: the choice lasts as long as the page */ }
  const dark = () => (choice ? choice === "dark" : system.matches);
  Object.defineProperties(told, { media: { value: DARK }, matches: { get: dark } });
  window.matchMedia = (query) => (query === DARK ? told : ask(query));
  const themes = document.getElementsByClassName("lab-theme"); // one, and another on every page
  let shown;
  const pressed = () => {
    shown = themes[0];
    for (const b of shown?.children ?? []) b.setAttribute("aria-pressed", String(b.value === choice));
  };
  const colour = () => {
    html.style.colorScheme = dark() ? "dark" : "light";
    told.dispatchEvent(new Event("change"));
    pressed();
  };
  system.addEventListener("change", colour);
  colour();

  // A link of ours changes the page as Back and Forward do; where Streamlit is not there yet, it is an ordinary link.
  const close = (but) => document.querySelectorAll(".lab-path details[open]").forEach((menu) => menu !== but && (menu.open = false));
  const arrive = (before, tries = 100) => {
    const title = document.querySelector("#root h1");
    if (title && title.textContent !== before) { title.tabIndex = -1; title.style.outline = "none"; title.focus({ preventScroll: true }); }
    else if (tries) setTimeout(arrive, 50, before, tries - 1);
  };
  document.addEventListener("click", (event) => {
    const from = event.target;
    close(from.closest?.(".lab-path details"));
    if (pointed && from.closest?.(".lab-term")?.popoverTargetElement === pointed) { event.preventDefault(); pointed = null; } // a click keeps it
    const button = from.closest?.(".lab-theme button");
    if (button) {
      choice = button.value;
      try { localStorage.setItem("lab-colours", choice); } catch { /* as above */ }
      colour();
    }
    const link = from.closest?.(".lab-path a, .lab-around a, .lab-glossary a[href^='./']");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (!document.querySelector("#root [data-testid=stApp][data-test-connection-state=CONNECTED]") || document.getElementById("first")) return;
    event.preventDefault();
    close();
    if (link.hasAttribute("aria-current")) return;
    const before = document.querySelector("#root h1")?.textContent;
    history.pushState({}, "", link.href);
    dispatchEvent(new PopStateEvent("popstate", { state: {} }));
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
    arrive(before);
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector(".lab-path details[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // Undo that has emptied itself is disabled and drawn anew, and so loses the keyboard: its neighbour, Start again, takes it.
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    if (relatedTarget || !target.closest?.('[class*="_undo"]')) return;
    setTimeout(() => {
      if (document.activeElement === document.body && document.querySelector('[class*="_undo"] button:disabled'))
        document.querySelector('[class*="_reset"] button')?.focus();
    }, 50);
  });

  // What a term means, while it is pointed at; a tap, a click and the keyboard need no script.
  let pointed, soon; // the meaning that pointing has opened
  document.addEventListener("pointerover", ({ pointerType, target }) => {
    if (pointerType !== "mouse") return;
    const over = target.closest?.(".lab-term, .lab-meaning"), wanted = over?.popoverTargetElement ?? over;
    clearTimeout(soon);
    if (wanted !== pointed) soon = setTimeout(() => {
      if (pointed?.isConnected) pointed.hidePopover();
      pointed = null;
      if (wanted?.isConnected && !wanted.matches(":popover-open")) { wanted.showPopover({ source: over }); pointed = wanted; }
    }, 200);
  });

  // Streamlit asks for the font of its icons as it starts, 376 kB, which on a slow line the first chart would wait for.
  let over;
  const live = new Promise((resolve) => { over = resolve; }), load = document.fonts.load.bind(document.fonts);
  document.fonts.load = (...asked) => live.then(() => load(...asked));

  // The line to the server, a websocket: where there is none for ten seconds, because it is blocked, slow or lost, the page says what to do.
  const NO_LINE = `The live page needs a line to the server (a websocket to ${location.host}), and there has been none for ten seconds.`;
  const UNTIL = "It goes on by itself as soon as there is one. Until then: reload the page, try another network (a phone's, for example) or a browser "
    + "without extensions, or ask whoever runs this network to let websockets through.";
  const line = Object.assign(document.createElement("div"), { id: "lab-line", hidden: true });
  line.setAttribute("role", "alert");
  const notice = () => { // on a phone what to do is folded, because Play is below it
    const told = document.createElement("details"), head = document.createElement("summary");
    told.open = innerWidth > 640;
    head.textContent = told.open ? NO_LINE : "The live page has lost its line to the server.";
    told.append(head, told.open ? UNTIL : `${NO_LINE} ${UNTIL}`);
    return [told];
  };
  let cut = 0; // since when
  setInterval(() => {
    const app = document.querySelector("#root [data-testid=stApp]"), lost = app && app.dataset.testConnectionState !== "CONNECTED";
    cut = lost ? cut || performance.now() : 0;
    const say = !!lost && performance.now() - cut > 10000;
    if (say === !line.hidden) return;
    if (!line.isConnected) document.body.append(line);
    line.replaceChildren(...(say ? notice() : []));
    line.hidden = !say;
    html.classList.toggle("lab-cut", say);
  }, 1000);

  // The static first paint stays until there is a picture to see, or something to say; the live page below is neither seen nor read till then.
  document.addEventListener("DOMContentLoaded", () => {
    const first = document.getElementById("first"), page = document.getElementById("root");
    const READY = "figure[data-drawn], .lab-glossary, [role=dialog], [data-testid=stException], [data-testid=stErrorElementContainer]";
    let late;
    const give = () => {
      watch.disconnect();
      clearTimeout(late);
      const far = first.scrollTop;
      page.style.visibility = "";
      html.classList.remove("lab-first");
      first.remove();
      if (far) document.querySelector("[data-testid=stMain]")?.scrollTo(0, far);
      over();
    };
    const watch = new MutationObserver(() => {
      if (document.querySelector(READY)) give();
      else if (!late && page.querySelector(".lab-footer")) late = setTimeout(give, 6000); // all is written, and there may be no chart
    });
    page.style.visibility = "hidden";
    html.classList.add("lab-first");
    watch.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-drawn"] });
    new MutationObserver(() => { if (themes[0] !== shown) pressed(); }).observe(page, { subtree: true, childList: true });
  });
})();
