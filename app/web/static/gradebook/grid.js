// The gradebook's grid: windows of rows while it scrolls, and a spreadsheet's keys.
import { Windows } from "./windows.js";
import { Selection } from "./selection.js";
import { Writer } from "./writer.js";

const root = document.querySelector("[data-grid]");
if (root) {
  document.documentElement.classList.add("js");
  const said = root.querySelector("[data-said]");
  const say = (words) => {
    said.textContent = "";
    requestAnimationFrame(() => { said.textContent = words; });
  };
  const windows = new Windows(root, say);
  const selection = new Selection(root, windows);
  const writer = new Writer(root, windows, selection, say);
  root.querySelector(".grade-tools").hidden = false;
  writer.start();
}
