// Typing, pasting, undoing; what the server answers; conflicts and reasons.
import { ask, choose, reasonFor } from "./asking.js";
import { Selection } from "./selection.js";
import { fill } from "./words.js";

const STARTS_TYPING = /^[0-9０-９.eE免]$/;

export class Writer {
  constructor(root, windows, selection, say) {
    Object.assign(this, { root, windows, selection, say });
    this.text = root.dataset;
    this.batches = [];
    this.reason = root.querySelector("[name=reason]");
    this.panel = root.querySelector(".grade-panel");
    this.queue = Promise.resolve();
  }

  start() {
    const { box } = this.selection;
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("mousedown", (event) => this.press(event));
    box.addEventListener("dblclick", (event) => {
      if (event.target.closest("tbody [role=gridcell]")) this.edit();
    });
    box.addEventListener("copy", (event) => this.copy(event));
    box.addEventListener("paste", (event) => this.paste(event));
    this.root.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]")?.dataset.act;
      if (act === "undo") this.undo();
      if (act === "history") this.about();
      if (act === "close") this.closePanel();
    });
    this.panel.addEventListener("keydown", (event) => { if (event.key === "Escape") this.closePanel(); });
  }

  press(event) {
    const cell = event.target.closest("tbody [role=gridcell], tbody [role=rowheader]");
    if (!cell || event.target.closest("a, input")) return;
    event.preventDefault();
    const { row, column } = Selection.place(cell);
    this.selection.move(row, column, { extend: event.shiftKey });
  }

  async key(event) {
    if (event.target.closest("input")) { this.keyInField(event); return; }
    const { selection } = this;
    const away = event.target === selection.box;
    if (!away && !event.target.closest("tbody")) return;
    const { row, column } = selection;
    const step = Math.max(1, Math.floor(this.windows.box.clientHeight / this.windows.height) - 2);
    const whole = event.ctrlKey || event.metaKey;
    const moves = {
      ArrowUp: [whole ? 0 : row - 1, column],
      ArrowDown: [whole ? this.windows.total - 1 : row + 1, column],
      ArrowLeft: [row, whole ? 0 : column - 1],
      ArrowRight: [row, whole ? selection.columns.length - 1 : column + 1],
      Home: [whole ? 0 : row, 0],
      End: [whole ? this.windows.total - 1 : row, selection.columns.length - 1],
      PageUp: [row - step, column],
      PageDown: [row + step, column],
    };
    if (moves[event.key]) {
      event.preventDefault();
      await selection.move(...moves[event.key], { extend: event.shiftKey });
      return;
    }
    if (event.key === "Tab") {
      // Past the last cell Tab leaves the grid.
      const to = column + (event.shiftKey ? -1 : 1);
      if (to < 0 || to >= selection.columns.length) return;
      event.preventDefault();
      await selection.move(row, to);
      return;
    }
    if (whole && event.key.toLowerCase() === "z") { event.preventDefault(); this.undo(); return; }
    if (whole || event.altKey || event.isComposing) return;
    if (away && (event.key.length === 1 || event.key === "Enter" || event.key === "F2" || event.key === "Delete")) {
      event.preventDefault();
      await selection.move(row, column);
    }
    if (event.key === "Enter" || event.key === "F2") { event.preventDefault(); this.open(); }
    else if (event.key === " ") { event.preventDefault(); this.about(); }
    else if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); this.clear(); }
    else if (event.key === "Escape") { selection.anchor = null; selection.paint(); }
    else if (STARTS_TYPING.test(event.key)) { event.preventDefault(); this.edit(event.key); }
  }

  // Enter follows a student's name, and edits everywhere else.
  open() {
    const link = this.selection.column === 0 && this.selection.cell()?.querySelector("a");
    if (link) link.click();
    else this.edit();
  }

  editable(cell, column = this.selection.column) {
    return Boolean(cell && this.selection.key(column) && cell.getAttribute("aria-readonly") !== "true");
  }

  edit(typed = null) {
    const cell = this.selection.cell();
    if (!this.editable(cell)) { this.say(this.text.textReadOnly); return; }
    if (cell.querySelector("input")) return;
    const field = document.createElement("input");
    field.inputMode = "decimal";
    field.value = typed ?? cell.dataset.t ?? "";
    field.setAttribute("aria-label", this.nameOf(cell));
    const before = [...cell.childNodes];
    cell.replaceChildren(field);
    field.focus();
    if (typed === null) field.select();
    this.open_field = { cell, field, before, was: cell.dataset.t ?? "" };
    field.addEventListener("blur", () => this.commit());
  }

  nameOf(cell) {
    const column = this.selection.columns[Selection.place(cell).column].textContent.trim();
    return `${cell.closest("tr").cells[0].textContent.trim()}, ${column}`;
  }

  async keyInField(event) {
    if (event.isComposing) return;
    const { row, column } = this.selection;
    if (event.key === "Escape") {
      event.preventDefault();
      this.leave();
      this.selection.focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.commit();
      await this.selection.move(row + (event.shiftKey ? -1 : 1), column);
    } else if (event.key === "Tab") {
      event.preventDefault();
      this.commit();
      await this.selection.move(row, column + (event.shiftKey ? -1 : 1));
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.commit();
      await this.selection.move(row + (event.key === "ArrowUp" ? -1 : 1), column);
    }
  }

  leave() {
    const open = this.open_field;
    if (!open) return null;
    this.open_field = null;
    const value = open.field.value.trim();
    open.cell.replaceChildren(...open.before);
    return { ...open, value };
  }

  commit() {
    const open = this.leave();
    if (!open || open.value === open.was) return;
    const change = this.changeOf(open.cell, open.value);
    open.cell.classList.add("saving");
    this.send([change]);
  }

  changeOf(cell, text, revision = Number(cell.dataset.v ?? 0)) {
    const row = cell.closest("tr");
    const key = this.selection.key(Selection.place(cell).column);
    return { person: row.dataset.person, section: row.dataset.section, key, text, revision };
  }

  cells() {
    const { top, bottom, left, right } = this.selection.rectangle();
    const found = [];
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) {
        const cell = this.selection.cell(row, column);
        if (this.editable(cell, column)) found.push(cell);
      }
    }
    return found;
  }

  clear() {
    const changes = this.cells().filter((cell) => cell.dataset.v).map((cell) => this.changeOf(cell, ""));
    if (changes.length) this.send(changes);
  }

  // One request after the other: a later one knows the revisions that an earlier one made.
  send(changes) {
    this.queue = this.queue.then(() => this.write(changes)).catch(() => this.failed(changes, this.text.textLost));
    return this.queue;
  }

  token() { return this.root.querySelector("[name=csrf_token]")?.value ?? ""; }

  post(address, body) {
    return fetch(address, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token(), "X-Requested-With": "grid" },
      body: JSON.stringify(body),
    });
  }

  async write(changes) {
    const fresh = changes.map((change) => ({ ...change, revision: this.revisionNow(change) }));
    const response = await this.post(this.text.cells, { changes: fresh, reason: this.reason.value });
    if (response.redirected || response.status === 401) { this.failed(changes, this.text.textSignedOut); return; }
    const answer = await response.json();
    if (answer.error === "reason") {
      const given = await reasonFor(this.text, answer.message);
      this.selection.focus();
      if (!given) { this.failed(changes, answer.message); return; }
      this.reason.value = given;
      await this.write(changes);
      return;
    }
    if (answer.error) { this.failed(changes, answer.message); return; }
    this.take(answer);
    if (answer.count) this.say(fill(this.text.textSaved, { count: answer.count }));
    if (answer.conflicts.length) await this.settle(answer.conflicts, changes);
  }

  // What a change was based on: the revision that was seen, or the one that we ourselves made since.
  revisionNow(change) {
    return this.made?.get(`${change.person} ${change.key}`) > change.revision && !change.fixed
      ? this.made.get(`${change.person} ${change.key}`) : change.revision;
  }

  take(answer) {
    this.made ??= new Map();
    if (answer.batches.length) this.batches.push(answer.batches);
    const focused = document.activeElement?.closest?.(".grades tbody [role=gridcell], .grades tbody [role=rowheader]");
    const place = focused && Selection.place(focused);
    for (const [person, html] of Object.entries(answer.rows)) {
      const row = this.windows.replace(person, html);
      if (!row) continue;
      for (const link of row.querySelectorAll("th a")) link.tabIndex = -1;
    }
    if (place && !focused.isConnected) {
      this.selection.mark(place.row, place.column);
      this.selection.focus();
    } else if (!this.open_field) {
      this.selection.mark(this.selection.row, this.selection.column);
    }
  }

  failed(changes, message) {
    for (const cell of this.root.querySelectorAll("td.saving")) cell.classList.remove("saving");
    this.say(message);
    ask(this.text, message);
  }

  async settle(conflicts, changes) {
    const mine = await choose(this.text, conflicts.map((conflict) => conflict.words));
    this.selection.focus();
    if (!mine) return;
    const again = conflicts.map((conflict) => {
      const change = changes.find((one) => one.person === conflict.person && one.key === conflict.key);
      return { ...change, revision: conflict.revision, fixed: true };
    });
    await this.write(again);
  }

  async undo() {
    await this.queue;
    const last = this.batches.pop();
    if (!last) { this.say(this.text.textNothingToUndo); return; }
    let count = 0;
    for (const batch of last) {
      const response = await this.post(this.text.undo, { batch });
      const answer = await response.json();
      if (answer.error) { this.failed([], answer.message); continue; }
      count += answer.count;
      this.take({ ...answer, batches: [] });
    }
    if (count) this.say(fill(this.text.textUndone, { count }));
  }

  copy(event) {
    if (event.target.closest("input")) return;
    const { top, bottom, left, right } = this.selection.rectangle();
    const lines = [];
    for (let row = top; row <= bottom; row += 1) {
      const line = [];
      for (let column = left; column <= right; column += 1) {
        const cell = this.selection.cell(row, column);
        line.push(cell?.dataset.t ?? cell?.textContent.trim() ?? "");
      }
      lines.push(line.join("\t"));
    }
    event.preventDefault();
    event.clipboardData.setData("text/plain", lines.join("\n"));
    this.say(fill(this.text.textCopied, { count: lines.length * (right - left + 1) }));
  }

  async paste(event) {
    if (event.target.closest("input")) return;
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
    if (!text) return;
    const lines = text.split("\n").map((line) => line.split("\t"));
    const { top, left, bottom, right } = this.selection.rectangle();
    const single = lines.length === 1 && lines[0].length === 1;
    const rows = single ? bottom - top + 1 : lines.length;
    const columns = single ? right - left + 1 : Math.max(...lines.map((line) => line.length));
    const changes = [];
    for (let n = 0; n < rows && top + n < this.windows.total; n += 1) {
      await this.windows.row(top + n);
      for (let m = 0; m < columns; m += 1) {
        const cell = this.selection.cell(top + n, left + m);
        const value = (single ? lines[0][0] : lines[n][m] ?? "").trim();
        if (this.editable(cell, left + m) && value !== (cell.dataset.t ?? "")) changes.push(this.changeOf(cell, value));
      }
    }
    if (!changes.length) return;
    if (changes.length > 1 && !(await ask(this.text, fill(this.text.textPasted, { count: changes.length }), this.text.textSet))) return;
    this.selection.focus();
    await this.send(changes);
  }

  async about() {
    const cell = this.selection.cell();
    const row = cell?.closest("tr");
    const key = this.selection.key() || "course";
    if (!row) return;
    const address = `${this.text.base}${row.dataset.section}/gradebook/students/${row.dataset.person}/${encodeURIComponent(key)}?panel=1`;
    const response = await fetch(address, { credentials: "same-origin", cache: "no-store" });
    if (!response.ok || response.redirected) { this.failed([], this.text.textLost); return; }
    this.panel.querySelector("[data-panel]").innerHTML = await response.text();
    this.panel.hidden = false;
    this.panel.querySelector("#panel-title").focus();
  }

  closePanel() {
    this.panel.hidden = true;
    this.selection.focus();
  }
}
