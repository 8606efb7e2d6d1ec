// A ranking put in order by dragging, by buttons or by Alt and an arrow key; saved as it changes.
// Without this each row has a field for its number, and a button saves.
const REST_MS = 500;
const AGAIN_MS = 3000;

const fill = (words, values) => words.replace(/%\((\w+)\)s/g, (_all, name) => values[name] ?? "");

class Ranking {
  constructor(form) {
    this.form = form;
    this.text = form.dataset;
    this.list = form.querySelector("[data-list]");
    this.line = form.querySelector("[data-line]");
    this.state = form.querySelector("[data-state]");
    this.said = form.querySelector("[data-said]");
    this.ties = "ties" in form.dataset;
    this.readTies();
    this.enliven();
    this.number();
    this.sent = this.now();
  }

  get rows() { return [...this.list.querySelectorAll("[data-row]")]; }

  get ranked() {
    const all = [...this.list.querySelectorAll("[data-row], [data-line]")];
    return all.slice(0, all.indexOf(this.line));
  }

  input(row) { return row.querySelector("input"); }

  // Rows that had the same number tie with the one above.
  readTies() {
    let before = null;
    for (const row of this.ranked) {
      const value = this.input(row).value;
      row.classList.toggle("tied", this.ties && before !== null && value === before);
      before = value;
    }
  }

  enliven() {
    this.list.classList.add("enlivened");
    this.line.hidden = false;
    for (const one of this.form.querySelectorAll("[data-with], [data-moves]")) one.hidden = false;
    for (const one of this.form.querySelectorAll("[data-without]")) one.hidden = true;
    for (const row of this.rows) row.querySelector("[data-tie]").hidden = !this.ties;
    this.form.addEventListener("click", (event) => this.click(event));
    this.form.addEventListener("change", (event) => this.typed(event));
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("pointerdown", (event) => this.grab(event));
    this.list.addEventListener("pointermove", (event) => this.drag(event));
    this.list.addEventListener("pointerup", () => this.drop(true));
    this.list.addEventListener("pointercancel", () => this.drop(false));
    addEventListener("keydown", (event) => { if (event.key === "Escape") this.drop(false); });
    addEventListener("online", () => this.save());
    addEventListener("pagehide", () => this.save());
    addEventListener("beforeunload", (event) => { if (this.isOpen && !this.leaving) event.preventDefault(); });
    this.form.addEventListener("submit", () => { this.leaving = true; });
    this.form.dataset.enlivened = "";
  }

  click(event) {
    const row = event.target.closest("[data-row]");
    if (!row) return;
    const step = event.target.closest("[data-step]");
    if (step) this.move(row, Number(step.dataset.step), step);
    if (event.target.closest("[data-tie]")) {
      row.classList.toggle("tied");
      this.changed(row);
    }
  }

  key(event) {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const row = event.target.closest("[data-row]");
    if (!row) return;
    event.preventDefault();
    this.move(row, event.key === "ArrowUp" ? -1 : 1, event.target);
  }

  move(row, step, focused) {
    const all = [...this.list.children];
    const place = all.indexOf(row) + step;
    if (place < 0 || place >= all.length) return;
    if (step < 0) all[place].before(row);
    else all[place].after(row);
    this.changed(row);
    (focused.disabled ? row.querySelector("[data-step]:not(:disabled)") : focused).focus();
  }

  // A number that was typed puts its row there; without one it is not ranked.
  typed(event) {
    const row = event.target.closest("[data-row]");
    if (!row) return;
    const wanted = Number.parseInt(event.target.value, 10);
    const others = this.ranked.filter((one) => one !== row);
    if (Number.isNaN(wanted)) this.line.after(row);
    else (others.find((one) => Number(this.input(one).value) >= wanted) ?? this.line).before(row);
    this.changed(row);
    event.target.focus();
  }

  changed(row) {
    this.number();
    const place = this.input(row).value;
    const words = place ? this.text.textMoved : this.text.textOut;
    this.said.textContent = fill(words, { title: row.dataset.title, place, of: this.ranked.length });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), REST_MS);
  }

  number() {
    const ranked = this.ranked;
    let place = 0;
    for (const row of this.rows) {
      const at = ranked.indexOf(row);
      const tie = row.querySelector("[data-tie]");
      if (at < 1) row.classList.remove("tied");
      if (at >= 0 && !row.classList.contains("tied")) place += 1;
      this.input(row).value = at < 0 ? "" : place;
      tie.disabled = at < 1;
      tie.setAttribute("aria-pressed", String(row.classList.contains("tied")));
    }
    const all = [...this.list.children];
    for (const row of this.rows) {
      row.querySelector("[data-step='-1']").disabled = all[0] === row;
      row.querySelector("[data-step='1']").disabled = all[all.length - 1] === row;
    }
  }

  grab(event) {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    event.preventDefault();
    const mark = document.createElement("li");
    mark.className = "drop-mark";
    this.held = { row: grip.closest("[data-row]"), mark };
    this.held.row.classList.add("dragged");
    this.list.setPointerCapture(event.pointerId);
  }

  drag(event) {
    if (!this.held) return;
    const { row, mark } = this.held;
    const under = [...this.list.children].find((one) => {
      if (one === mark || one === row) return false;
      const box = one.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    this.list.insertBefore(mark, under ?? null);
  }

  drop(isWanted) {
    if (!this.held) return;
    const { row, mark } = this.held;
    this.held = null;
    row.classList.remove("dragged");
    const moved = isWanted && mark.isConnected;
    if (moved) mark.before(row);
    mark.remove();
    if (moved) this.changed(row);
  }

  now() { return this.rows.map((row) => `${this.input(row).name}=${this.input(row).value}`).sort().join("&"); }

  get isOpen() { return this.now() !== this.sent; }

  async save() {
    clearTimeout(this.timer);
    if (this.busy || !this.isOpen || this.isStale) return;
    this.busy = true;
    const sending = this.now();
    this.say(this.text.textSaving);
    try {
      const response = await fetch(this.form.getAttribute("action"), {
        method: "POST", body: new FormData(this.form), credentials: "same-origin", keepalive: true,
        headers: { "X-Requested-With": "rounds" },
      });
      if (response.redirected || response.status === 401) throw new Error("signed out");
      const answer = await response.json();
      if (response.ok) {
        this.sent = sending;
        this.form.elements.revision.value = answer.revision;
      }
      this.isStale = response.status === 409;
      this.say(answer.message, response.ok ? "saved" : "lost");
    } catch {
      this.say(this.text.textLost, "lost");
      this.timer = setTimeout(() => this.save(), AGAIN_MS);
    } finally {
      this.busy = false;
    }
    if (this.isOpen && this.state.dataset.state === "saved") this.timer = setTimeout(() => this.save(), REST_MS);
  }

  say(words, state = "") {
    this.state.textContent = words ?? "";
    this.state.dataset.state = state;
  }
}

for (const form of document.querySelectorAll("form[data-ranking]")) new Ranking(form);
