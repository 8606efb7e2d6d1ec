// The outline: every step is a form of its own, so it works without this. Here the page stays,
// the step is announced, parts can be dragged, and files dropped on a module are placed.
import { fill, root, send, text } from "./shared.js";

const outline = document.getElementById("outline");
const said = document.getElementById("outline-said");
const DRAG_FROM_PX = 5;

function draw(html) {
  outline.innerHTML = html;
  enliven();
}

function put(html, focus) {
  draw(html);
  said.textContent = outline.querySelector("[data-said]")?.dataset.said ?? "";
  const target = document.getElementById(focus);
  if (target && !target.disabled) target.focus();
  else if (focus) document.getElementById(focus.replace(/^(up|down|rm|back)-/, "n-"))?.focus();
}

async function step(form, focus) {
  // form.action would be its field of that name.
  const response = await send(form.getAttribute("action"), new FormData(form));
  if (!response.ok && response.status !== 409) return location.reload();
  const go = response.headers.get("X-Go");
  if (go) return location.assign(go);
  put(await response.text(), focus);
}

outline.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-step]")) return;
  event.preventDefault();
  step(form, event.submitter?.id).catch(() => location.reload());
});

// Alt with an arrow moves the part in focus, as its buttons do.
outline.addEventListener("keydown", (event) => {
  const link = event.target.closest?.(".outline-title");
  if (!event.altKey || !link || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const button = document.getElementById(event.key === "ArrowUp" ? link.dataset.up : link.dataset.down);
  if (button && !button.disabled) step(button.form, link.id).catch(() => location.reload());
});

// Files: chosen with the button, or dropped on a module.
async function place(module, files) {
  let last;
  for (const file of files) {
    said.textContent = text.textUploading;
    const body = new FormData();
    body.append("module", module);
    body.append("file", file);
    const response = await send(outline.dataset.files, body).catch(() => null);
    const answer = await response?.json().catch(() => null);
    if (!response?.ok) return alertIn(module, answer?.message ?? text.textTooLarge);
    last = answer;
  }
  if (last) location.assign(last.address);
}

function alertIn(module, message) {
  const line = document.createElement("p");
  line.className = "notice bad";
  line.setAttribute("role", "alert");
  line.textContent = message;
  outline.querySelector(`[data-module="${module}"]`)?.prepend(line);
}

// Heard at the field itself: while the chooser is open, a save may have drawn the outline anew.
function hearFile({ target }) {
  if (target.files.length) place(target.form.elements.module.value, target.files);
}

function enliven() {
  for (const field of outline.querySelectorAll(".file-input")) field.addEventListener("change", hearFile);
}
enliven();

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
for (const kind of ["dragover", "dragleave", "drop"]) {
  outline.addEventListener(kind, (event) => {
    const module = event.target.closest?.(".outline-module");
    for (const other of outline.querySelectorAll(".drop-here")) other.classList.remove("drop-here");
    if (!module || !hasFiles(event)) return;
    event.preventDefault();
    if (kind === "dragover") module.classList.add("drop-here");
    if (kind === "drop") place(module.dataset.module, [...event.dataTransfer.files]);
  });
}
// A file dropped beside the outline must not replace the page with what was typed on it.
for (const kind of ["dragover", "drop"]) {
  addEventListener(kind, (event) => { if (hasFiles(event)) event.preventDefault(); });
}

// Dragging with any pointer: mouse, pen or finger.
let drag = null;

function spotAt(x, y) {
  const under = document.elementFromPoint(x, y);
  // Over its own mark it stays where it would go.
  if (!under || !outline.contains(under) || under === drag.mark) return null;
  if (drag.part.matches(".outline-module")) {
    const module = under.closest(".outline-module");
    if (!module || module === drag.part) return null;
    return { list: module.parentElement, before: before(module, y) };
  }
  const item = under.closest(".outline-item");
  if (item === drag.part) return null;
  if (item) return { list: item.parentElement, before: before(item, y) };
  const list = under.closest(".outline-module")?.querySelector(".outline-items");
  if (!list) return null;
  return { list, before: under.closest(".outline-row") ? list.firstElementChild : null };
}

function before(element, y) {
  const box = element.getBoundingClientRect();
  return y < box.top + box.height / 2 ? element : element.nextElementSibling;
}

outline.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button) return;
  event.preventDefault();
  drag = { part: grip.closest(".outline-item, .outline-module"), x: event.clientX, y: event.clientY, on: false };
  outline.setPointerCapture(event.pointerId);
});

outline.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.on && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < DRAG_FROM_PX) return;
  if (!drag.on) {
    drag.on = true;
    drag.part.classList.add("dragged");
    drag.mark = document.createElement("li");
    drag.mark.className = "drop-mark";
    said.textContent = fill(text.textMoving, { title: drag.part.dataset.title });
  }
  drag.spot = spotAt(event.clientX, event.clientY) ?? drag.spot;
  if (drag.spot) drag.spot.list.insertBefore(drag.mark, drag.spot.before === drag.mark ? drag.mark.nextSibling : drag.spot.before);
});

function end(event, drop) {
  const { part, spot, mark, on } = drag ?? {};
  drag = null;
  part?.classList.remove("dragged");
  if (on && spot && drop) {
    const row = [...spot.list.children].filter((child) => child !== part);
    const body = new FormData();
    body.append("action", "move");
    body.append("node", part.dataset.item ?? part.dataset.module);
    body.append("position", String(row.indexOf(mark)));
    if (spot.list.dataset.items) body.append("module", spot.list.dataset.items);
    const here = outline.querySelector("input[name=here]");
    if (here) body.append("here", here.value);
    send(outline.dataset.outline, body)
      .then((response) => (response.ok || response.status === 409 ? response.text() : Promise.reject(response)))
      .then((html) => put(html))
      .catch(() => location.reload());
  }
  mark?.remove();
}

outline.addEventListener("pointerup", (event) => drag && end(event, true));
outline.addEventListener("pointercancel", (event) => drag && end(event, false));
addEventListener("keydown", (event) => { if (drag && event.key === "Escape") end(event, false); });

// A saved title or text changes what the outline says.
root.addEventListener("saved", async ({ detail }) => {
  if (!detail.some((name) => /^(title|body|languages)/.test(name))) return;
  const page = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!page?.ok) return;
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
  const focused = outline.contains(document.activeElement);
  const outlined = fresh.getElementById("outline");
  if (outlined && !drag && !focused) draw(outlined.innerHTML);
  const heading = fresh.querySelector(".editor-main > h1");
  if (heading) document.querySelector(".editor-main > h1").textContent = heading.textContent;
});
