// What a chart is made of in the page, before it holds anything.

export const SKELETON = `
<h2 class="mc-headline" hidden></h2>
<figcaption><h3 class="mc-say"></h3></figcaption>
<div class="mc-legend mc-keys" role="group"></div>
<div class="mc-readout" aria-hidden="true"><p></p></div>
<div class="mc-stage"><div class="mc-plot" role="img"></div><svg class="mc-ends" aria-hidden="true"></svg><div class="mc-cursor" hidden></div>
  <p class="mc-failed" role="status" hidden></p>
  <button type="button" class="mc-button mc-reset" hidden>Reset view</button></div>
<div class="mc-film" role="group" aria-label="Play the generations" hidden></div>
<button type="button" class="mc-button mc-how" aria-expanded="false">How to read this</button>
<p class="mc-note"></p>
<details class="mc-tools"><summary>Data &amp; image</summary><div>
  <button type="button" class="mc-button mc-table" aria-expanded="false">Table</button>
  <button type="button" class="mc-button mc-csv">CSV</button>
  <button type="button" class="mc-button mc-png">PNG</button>
  <button type="button" class="mc-button mc-svg">SVG</button>
  <select class="mc-look" aria-label="Background of the image"><option value="light">light</option><option value="dark">dark</option>
    <option value="transparent">transparent</option></select></div><div class="mc-lines mc-keys" role="group"></div></details>
<div class="mc-data" role="region" tabindex="0" hidden></div>
<p class="mc-aside" hidden></p>`;
