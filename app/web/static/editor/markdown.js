// Texts in Markdown: tools above, a preview below, pictures by paste and drop.
import { root, send, text } from "./shared.js";

const PREVIEW_MS = 400;
const TOOLS = {
  heading: (chosen) => ({ before: "## ", chosen, line: true }),
  bold: (chosen) => ({ before: "**", chosen, after: "**" }),
  italic: (chosen) => ({ before: "*", chosen, after: "*" }),
  link: (chosen) => ({ before: "[", chosen, after: "](https://)" }),
  list: (chosen) => ({ before: "- ", chosen: chosen.replaceAll("\n", "\n- "), line: true }),
  code: (chosen) => ({ before: "```python\n", chosen, after: "\n```\n", line: true }),
  math: (chosen) => ({ before: "$", chosen: chosen || "x^2", after: "$" }),
  note: (chosen) => ({ before: "::: note\n", chosen, after: "\n:::\n", line: true }),
};

function insert(area, { before, chosen, after = "", line = false }) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const breaks = line && start > 0 && value[start - 1] !== "\n" ? "\n" : "";
  area.focus();
  // execCommand keeps the browser's own undo, which setRangeText does not.
  const words = `${breaks}${before}${chosen}${after}`;
  area.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, words)) area.setRangeText(words, start, end, "end");
  const from = start + breaks.length + before.length;
  area.setSelectionRange(from, from + chosen.length);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

class Text {
  constructor(side) {
    this.side = side;
    this.area = side.querySelector("textarea");
    this.form = this.area.form;
    this.preview = side.querySelector(".preview");
    this.body = side.querySelector("[data-preview-body]");
    this.bar = side.querySelector("[data-toolbar]");
    this.bar.hidden = this.preview.hidden = false;
    this.bar.addEventListener("click", (event) => {
      const tool = event.target.closest("[data-tool]")?.dataset.tool;
      if (tool === "picture") return this.choose();
      if (tool) insert(this.area, TOOLS[tool](this.area.value.slice(this.area.selectionStart, this.area.selectionEnd)));
    });
    this.bar.addEventListener("keydown", (event) => this.walk(event));
    for (const kind of ["input", "written"]) this.area.addEventListener(kind, () => this.later());
    this.area.addEventListener("paste", (event) => this.taken(event, event.clipboardData));
    this.area.addEventListener("drop", (event) => this.taken(event, event.dataTransfer));
    this.area.addEventListener("keydown", (event) => {
      const tool = { b: "bold", i: "italic", k: "link" }[event.key];
      if (!(event.ctrlKey || event.metaKey) || !tool) return;
      event.preventDefault();
      this.bar.querySelector(`[data-tool=${tool}]`).click();
    });
    this.form.addEventListener("saved", () => this.show());
    this.show();
  }

  // One stop for the Tab key, arrows within: a toolbar as ARIA describes it.
  walk(event) {
    const tools = [...this.bar.querySelectorAll("button")];
    const at = tools.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || at < 0) return;
    event.preventDefault();
    const next = tools[(at + step + tools.length) % tools.length];
    tools[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), PREVIEW_MS);
  }

  async show() {
    const written = this.area.value;
    if (written === this.shown) return;
    this.shown = written;
    this.preview.classList.toggle("empty", !written.trim());
    if (!written.trim()) return this.body.replaceChildren();
    const body = new FormData();
    body.append("text", written);
    const response = await send(this.form.dataset.preview, body).catch(() => null);
    if (!response?.ok) {
      this.shown = null;  // once what was typed is saved, the server answers again
      return;
    }
    const html = await response.text();
    // The server has sanitised it; an answer that is late must not replace a newer one.
    if (this.shown === written) this.body.innerHTML = html;
  }

  taken(event, data) {
    const files = [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (!files.length || !this.bar.querySelector("[data-tool=picture]")) return;
    event.preventDefault();
    event.stopPropagation();
    this.ask(files[0]);
  }

  choose() {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".svg,.png,.jpg,.jpeg,.webp";
    input.addEventListener("change", () => input.files.length && this.ask(input.files[0]));
    input.click();
  }

  ask(file) {
    const dialog = document.createElement("dialog");
    const form = document.createElement("form");
    form.className = "form";
    const label = document.createElement("label");
    label.textContent = text.textAlt;
    const alt = document.createElement("input");
    alt.required = true;
    alt.maxLength = 300;
    label.append(alt);
    const error = document.createElement("p");
    error.className = "error";
    error.setAttribute("role", "alert");
    const row = document.createElement("p");
    row.className = "row";
    const yes = document.createElement("button");
    yes.className = "button small";
    yes.textContent = text.textAddPicture;
    const no = document.createElement("button");
    no.type = "button";
    no.className = "button quiet small";
    no.textContent = document.body.dataset.textCancel;
    no.addEventListener("click", () => dialog.close());
    row.append(yes, no);
    form.append(label, error, row);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      error.textContent = text.textUploading;
      const body = new FormData();
      body.append("picture", file);
      const response = await send(this.form.dataset.pictures, body).catch(() => null);
      const answer = await response?.json().catch(() => null);
      if (!response?.ok) {
        error.textContent = answer?.message ?? text.textTooLarge;
        return;
      }
      dialog.close();
      const words = alt.value.replaceAll(/[[\]\n]/g, " ").trim();
      insert(this.area, { before: `![${words}](${answer.target})\n`, chosen: "", line: true });
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      this.area.focus();
    });
    dialog.append(form);
    root.append(dialog);
    dialog.showModal();
    alt.focus();
  }
}

for (const side of document.querySelectorAll("[data-markdown]")) new Text(side);
