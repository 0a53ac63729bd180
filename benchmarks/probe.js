// What happens in a page, by the page's own clock (ms since navigation). Put in before the page's first script.
// A chart has a sign: ours the revision it has drawn, plotly's the path of its line; a new sign is a new picture.
(() => {
  if (window !== top) return;
  const CHARTS = "figure.mc-chart, .stPlotlyChart .js-line";
  const WATCH = { subtree: true, childList: true, characterData: true, attributes: true };
  const roots = [document]; // and every open shadow root
  const probe = { first: null, last: 0, need: null, key: null, record: false, inputs: [], sends: [], messages: [], drawn: [] };
  let seen = {};

  const charts = () => roots.flatMap((root) => [...root.querySelectorAll(CHARTS)]);
  const signs = () => Object.fromEntries(charts().map((chart, i) => [chart.dataset.key ?? i, chart.dataset.drawn ?? chart.getAttribute("d")]));
  const idle = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning";
  const counts = ({ target }) => !(target.closest?.("[data-testid=stStatusWidget], [data-testid=stToolbar]")); // "running" icon

  const watcher = new MutationObserver((records) => {
    const now = performance.now();
    if (records.some(counts)) probe.last = now;
    const current = signs();
    for (const [key, sign] of Object.entries(current)) {
      if (!sign || sign === seen[key]) continue;
      probe.first ??= now;
      if (probe.record) probe.drawn.push({ t: now, key, sign });
      if (probe.key) probe.key.drawn[key] ??= now;
    }
    seen = current;
    const { key, need } = probe;
    if (key && !key.met && need && idle() && need.every((name) => current[name] && current[name] !== key.before[name])) key.met = now;
  });
  watcher.observe(document, WATCH);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    const root = attach.call(this, init);
    roots.push(root);
    watcher.observe(root, WATCH);
    return root;
  };

  addEventListener("keydown", (e) => (probe.key = { t: e.timeStamp, before: signs(), drawn: {}, met: null }), true);
  addEventListener("input", (e) => probe.record && e.composedPath()[0].type === "range" && probe.inputs.push(e.timeStamp), true);
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => probe.record && probe.messages.push({ t: performance.now(), data }));
    }
    send(data) {
      if (probe.record) probe.sends.push({ t: performance.now(), data: data.slice() });
      super.send(data);
    }
  };

  const ask = window.fetch; // a dragged slider asks for its picture by address
  window.fetch = async (where, ...rest) => {
    const begin = performance.now(), answer = await ask(where, ...rest);
    if (probe.record && String(where).includes("/live/") && answer.status === 200) {
      const link = new TextEncoder().encode(decodeURIComponent(where));
      probe.sends.push({ t: begin, data: link, link: true });
      answer.clone().arrayBuffer().then((data) => probe.messages.push({ t: performance.now(), data }));
    }
    return answer;
  };

  const text = (data) => new TextDecoder().decode(data);
  Object.assign(probe, {
    drew: () => Object.keys(signs()).filter((name) => probe.key?.drawn[name]),
    quiet: (ms) => probe.key?.met && performance.now() - probe.last > ms,
    // ms from the key to the last change, to all charts drawn with the script at rest, to the first new chart
    told: () => {
      const { t, met, drawn } = probe.key;
      return { settled: Math.max(probe.last, met) - t, drawn: met - t, first: Math.min(...Object.values(drawn)) - t };
    },
    start: () => Object.assign(probe, { record: true, inputs: [], sends: [], messages: [], drawn: [] }),
    // Which revision shows which value, when it came, and which value was sent when. `knob`: its name in the caption's query.
    stop: (knob) => {
      probe.record = false;
      const value = new RegExp(`[?&]${knob.replace(".", "\\.")}=([0-9.]+)`);
      const came = probe.messages.flatMap(({ t, data }) => {
        const body = text(data);
        const revision = /"revision": ?"([0-9a-f]+)"/.exec(body), shows = value.exec(/"caption": ?"[^"]*"/.exec(body)?.[0] ?? "");
        return revision && shows ? [{ t, revision: revision[1], value: +shows[1] }] : [];
      });
      const sent = probe.sends.flatMap(({ t, data, link: asked }) => {
        const states = [...text(data).matchAll(/"(?:live|settled)":\[(\d+),([-0-9.e+]+)\]/g)].map(([, stamp, v]) => [+stamp, +v]);
        const newest = states.sort((a, b) => b[0] - a[0])[0];
        const link = asked && value.exec(text(data));
        return newest ? [{ t, value: newest[1] }] : link ? [{ t, value: +link[1] }] : [];
      });
      return { inputs: probe.inputs, sent, came, drawn: probe.drawn };
    },
  });
  window.probe = probe;
})();
