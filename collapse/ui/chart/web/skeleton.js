// What a chart is made of in the page, before it holds anything.

export const SKELETON = `
<h2 class="mc-headline" hidden></h2>
<figcaption><h3 class="mc-say"></h3></figcaption>
<div class="mc-legend mc-keys" role="group"></div>
<p class="mc-readout" aria-hidden="true"></p>
<div class="mc-stage"><div class="mc-plot" role="img"></div><svg class="mc-ends" aria-hidden="true"></svg><div class="mc-cursor" hidden></div>
  <p class="mc-failed" role="status" hidden></p>
  <button type="button" class="mc-button mc-reset" hidden>Reset view</button></div>
<div class="mc-film" role="group" aria-label="Play the generations" hidden>
  <button type="button" class="mc-button mc-play" aria-label="Play"><svg viewBox="0 0 16 16" aria-hidden="true">
    <path class="mc-go" d="M4 2.5v11l9-5.5z"/><path class="mc-stop" d="M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z"/></svg></button>
  <button type="button" class="mc-button mc-back" aria-label="One generation back"><svg viewBox="0 0 16 16"
    aria-hidden="true"><path d="M12.5 2.5v11L5.5 8zM3 2.5h2v11H3z"/></svg></button>
  <button type="button" class="mc-button mc-next" aria-label="One generation forward"><svg viewBox="0 0 16 16"
    aria-hidden="true"><path d="M3.5 2.5v11l7-5.5zM11 2.5h2v11h-2z"/></svg></button>
  <input class="mc-scrub" type="range" min="0" step="1" aria-label="Generation">
  <select class="mc-speed" aria-label="Speed"><option value="0.5">½ ×</option><option value="1" selected>1 ×</option>
    <option value="2">2 ×</option><option value="4">4 ×</option></select>
  <p class="mc-caption" aria-live="polite"></p></div>
<p class="mc-note"></p>
<details class="mc-tools"><summary>Data &amp; image</summary><div>
  <button type="button" class="mc-button mc-table" aria-expanded="false">Table</button>
  <button type="button" class="mc-button mc-csv">CSV</button>
  <button type="button" class="mc-button mc-png">PNG</button>
  <button type="button" class="mc-button mc-svg">SVG</button></div><div class="mc-lines mc-keys" role="group"></div></details>
<div class="mc-data" role="region" tabindex="0" hidden></div>
<p class="mc-aside" hidden></p>`;
