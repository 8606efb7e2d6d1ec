// Saves fields one by one. What is typed is kept on this device until the server has confirmed it,
// so neither a lost connection nor a closed laptop costs a word. When somebody else has changed the
// same field, nothing is overwritten: she is shown both and chooses.
import { labelOf, questionAt, readQuestion, writeQuestion } from "./questions.js";
import { SignedOut, fill, send, slug, text } from "./shared.js";

const REST_MS = 700;
const AGAIN_MS = 3000;

class Part {
  constructor(form) {
    this.form = form;
    // A key under "draft:" is removed with all drafts when she signs out.
    this.key = `draft:editor:${text.person}:${slug}:${form.dataset.part}`;
    this.revision = Number(form.dataset.revision);
    this.state = form.querySelector("[data-state]");
    this.panel = form.querySelector("[data-conflicts]");
    this.known = {};
    this.bases = {};
    this.pending = {};
    this.questions = {};
    for (const name of this.names()) this.known[name] = this.read(name, true);
    form.querySelector("[data-save]").classList.add("visually-hidden");
    form.addEventListener("input", () => this.typed());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.typed(0);
    });
    addEventListener("online", () => this.flush());
    addEventListener("beforeunload", (event) => {
      if (Object.keys(this.pending).length) event.preventDefault();
    });
    this.rows();
    this.restore();
    this.typed();  // somebody may have begun before this script was there
  }

  names() {
    const fields = [...this.form.querySelectorAll("[data-field]")].map((field) => field.name);
    const rows = [...this.form.querySelectorAll("[data-rows]")].map((set) => set.dataset.rows);
    const lists = [...this.form.querySelectorAll("[data-list]")].map((set) => set.dataset.list);
    const questions = [...this.form.querySelectorAll("[data-written]")].map((box) => box.dataset.written);
    return [...fields, ...rows, ...lists, ...questions];
  }

  label(name) {
    const question = questionAt(this.form, name);
    if (question) return labelOf(question);
    const field = this.form.elements[name];
    const legend = field?.closest?.("fieldset")?.querySelector("legend");
    const label = field?.labels?.[0]?.firstChild;
    return [legend?.textContent, label?.textContent].filter(Boolean).map((t) => t.trim()).join(" · ") || name;
  }

  set(name) { return this.form.querySelector(`[data-rows="${CSS.escape(name)}"]`); }
  list(name) { return this.form.querySelector(`[data-list="${CSS.escape(name)}"]`); }

  // What the field says now, or (SENT) what the server sent.
  read(name, sent = false) {
    const value = (field) => (sent ? field.defaultValue : field.value);
    const question = questionAt(this.form, name);
    if (question) return readQuestion(question, sent);
    const list = this.list(name);
    if (list) {
      return [...list.querySelectorAll("input")]
        .filter((box) => (sent ? box.defaultChecked : box.checked)).map((box) => box.value);
    }
    const set = this.set(name);
    if (!set) {
      const field = this.form.elements[name];
      if (!sent || field.tagName !== "SELECT") return value(field);
      return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).value;
    }
    return [...set.querySelectorAll("[data-rows-row]")]
      .map((row) => Object.fromEntries([...row.querySelectorAll("[data-key]")]
        .filter((cell) => value(cell).trim()).map((cell) => [cell.dataset.key, value(cell)])))
      .filter((row) => Object.keys(row).length);
  }

  write(name, value) {
    const question = questionAt(this.form, name);
    if (question) return writeQuestion(question, value);
    const list = this.list(name);
    const set = this.set(name);
    if (list) {
      for (const box of list.querySelectorAll("input")) box.checked = value.includes(box.value);
    } else if (set) {
      const rows = [...(value ?? []), {}];
      while (set.querySelectorAll("[data-rows-row]").length < rows.length) this.addRow(set);
      set.querySelectorAll("[data-rows-row]").forEach((row, index) => {
        for (const cell of row.querySelectorAll("[data-key]")) cell.value = rows[index]?.[cell.dataset.key] ?? "";
      });
    } else {
      const field = this.form.elements[name];
      field.value = value ?? "";
      field.dispatchEvent(new Event("written"));
    }
    this.marks();
  }

  // An empty row is always there to type into.
  rows() {
    this.form.addEventListener("input", ({ target }) => {
      const set = target.closest("[data-rows]");
      const last = set?.querySelector("[data-rows-row]:last-of-type");
      if (set && last && [...last.querySelectorAll("input")].some((cell) => cell.value)) this.addRow(set);
    });
  }

  addRow(set) {
    const rows = set.querySelectorAll("[data-rows-row]");
    const fresh = rows[rows.length - 1].cloneNode(true);
    for (const cell of fresh.querySelectorAll("input")) {
      cell.value = "";
      cell.name = `${set.dataset.rows}.${rows.length}.${cell.dataset.key}`;
    }
    set.append(fresh);
  }

  marks() {
    for (const side of this.form.querySelectorAll(".pair-side:not([data-optional])")) {
      const mark = side.querySelector("[data-lacks]");
      const field = side.querySelector("[data-field]");
      if (mark && field) mark.hidden = Boolean(field.value.trim());
    }
  }

  restore() {
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
    } catch {
      kept = null;
    }
    const names = Object.keys(kept ?? {}).filter((name) => this.names().includes(name)
      && JSON.stringify(kept[name].value) !== JSON.stringify(this.known[name]));
    if (!names.length) return localStorage.removeItem(this.key);
    for (const name of names) {
      this.write(name, kept[name].value);
      this.bases[name] = kept[name].base;
      this.pending[name] = kept[name].value;
    }
    this.say(text.textRestored);
    this.flush();
  }

  typed(rest = REST_MS) {
    if (this.left) return;
    for (const name of this.names()) {
      const value = this.read(name);
      if (JSON.stringify(value) !== JSON.stringify(this.pending[name] ?? this.known[name])) {
        this.pending[name] = value;
        this.bases[name] ??= this.revision;
      }
    }
    this.marks();
    this.keep();
    if (!Object.keys(this.pending).length) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), rest);
  }

  keep() {
    const names = Object.keys(this.pending);
    if (!names.length) return localStorage.removeItem(this.key);
    const kept = names.map((name) => [name, { value: this.pending[name], base: this.bases[name] ?? this.revision }]);
    localStorage.setItem(this.key, JSON.stringify(Object.fromEntries(kept)));
  }

  // Wait until nothing is left to save, or for five seconds.
  async settled() {
    this.typed(0);
    for (let tries = 0; tries < 50 && (this.busy || Object.keys(this.pending).length); tries += 1) {
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
  }

  async flush() {
    clearTimeout(this.timer);
    const open = new Set([...this.panel.querySelectorAll("[data-name]")].map((part) => part.dataset.name));
    const names = Object.keys(this.pending).filter((name) => !open.has(name));
    if (!names.length || this.busy || this.left) return;
    this.busy = true;
    const sent = Object.fromEntries(names.map((name) => [name, this.pending[name]]));
    const fields = Object.fromEntries(names.map((name) => [name, { value: sent[name], base: this.bases[name] ?? this.revision }]));
    this.say(text.textSaving);
    try {
      const response = await send(this.form.action, JSON.stringify({ fields }), { "Content-Type": "application/json" });
      if (!response.ok && response.status !== 409) throw new Error(String(response.status));
      this.done(await response.json(), sent);
    } catch (error) {
      this.say(error instanceof SignedOut ? text.textSignedOut : text.textOffline, "lost");
      this.timer = setTimeout(() => this.flush(), AGAIN_MS);
    } finally {
      this.busy = false;
    }
    const waits = Object.keys(this.pending).some((name) => !this.panel.querySelector(`[data-name="${CSS.escape(name)}"]`));
    if (waits && !this.timer) this.timer = setTimeout(() => this.flush(), REST_MS);
  }

  done(answer, sent) {
    this.timer = null;
    this.revision = answer.revision;
    this.form.dataset.revision = answer.revision;
    this.form.elements.revision.value = answer.revision;
    for (const name of answer.saved) {
      this.known[name] = sent[name];
      delete this.bases[name];
      if (JSON.stringify(this.pending[name]) === JSON.stringify(sent[name])) delete this.pending[name];
      else this.bases[name] = answer.revision;
    }
    for (const [name, value] of Object.entries(answer.questions ?? {})) this.questions[name] = JSON.stringify(value);
    const messages = [];
    for (const [name, words] of Object.entries(answer.refused)) {
      messages.push(`${this.label(name)}: ${words}`);
      if (JSON.stringify(this.pending[name]) === JSON.stringify(sent[name])) delete this.pending[name];
    }
    for (const [name, value] of Object.entries(answer.others)) {
      if (name in this.pending || !this.names().includes(name)) continue;
      if (questionAt(this.form, name)) {
        if (JSON.stringify(value) !== this.questions[name]) messages.push(fill(text.textStale, { field: this.label(name) }));
        continue;
      }
      if (JSON.stringify(value ?? "") === JSON.stringify(this.known[name] ?? "")) continue;
      this.known[name] = value ?? "";
      this.write(name, value);
      messages.push(fill(text.textOthers, { field: this.label(name) }));
    }
    for (const conflict of answer.conflicts) this.conflict(conflict, answer.revision);
    this.keep();
    const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    if (messages.length) this.say(messages.join(" "), "lost");
    else if (!Object.keys(this.pending).length) this.say(fill(text.textSaved, { time }), "saved");
    this.form.dispatchEvent(new CustomEvent("saved", { bubbles: true, detail: answer.saved }));
    this.form.dispatchEvent(new CustomEvent("checked", { detail: answer.problems ?? {} }));
  }

  conflict({ name, theirs, by }, revision) {
    const box = document.createElement("div");
    box.className = "notice warn conflict";
    box.dataset.name = name;
    const inner = document.createElement("div");
    const words = document.createElement("p");
    words.textContent = fill(text.textConflict, { name: `@${by}`, field: this.label(name) });
    const label = document.createElement("p");
    label.className = "small muted";
    label.textContent = text.textTheirText;
    const shown = document.createElement("pre");
    shown.tabIndex = 0;
    shown.className = "code";
    shown.textContent = typeof theirs === "string" ? theirs : JSON.stringify(theirs, null, 1);
    const row = document.createElement("p");
    row.className = "row";
    const settle = (words, kind, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `button small ${kind}`;
      button.textContent = words;
      button.addEventListener("click", () => {
        box.remove();
        act();
        if (this.left) return;
        this.keep();
        (this.form.elements[name] ?? this.form.elements[0])?.focus?.();
        this.typed(0);
      });
      row.append(button);
    };
    settle(text.textMine, "secondary", () => { this.bases[name] = revision; });
    settle(text.textTheirs, "secondary", () => {
      delete this.pending[name];
      delete this.bases[name];
      if (questionAt(this.form, name)) {
        // Only the server can write its fields anew; nothing typed may be sent until it has.
        this.left = true;
        this.keep();
        location.reload();
        return;
      }
      this.known[name] = theirs ?? "";
      this.write(name, theirs);
    });
    inner.append(words, label, shown, row);
    box.append(inner);
    this.panel.append(box);
  }

  say(words, state = "") {
    this.state.textContent = words;
    this.state.dataset.state = state;
  }
}

export const parts = [...document.querySelectorAll("form[data-part]")].map((form) => new Part(form));
