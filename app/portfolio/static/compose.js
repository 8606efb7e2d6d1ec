// Comforts of writing a portfolio: forms save themselves, parts are dragged or moved with the keyboard.
// Everything works without this: each form has its button, each move is a form of its own.
const REST_MS = 800;
const AGAIN_MS = 3000;
const root = document.querySelector("[data-composer]") ?? document.body;
const text = root.dataset;
const fill = (words, values) => words.replace(/%\((\w+)\)s/g, (_all, name) => values[name] ?? "");

async function send(form) {
  const body = new FormData(form);
  body.delete("new_files"); // they are sent with the button
  const response = await fetch(form.getAttribute("action") ?? location.pathname, {
    method: "POST",
    body,
    credentials: "same-origin",
    keepalive: true, // also when the page is being left
    headers: { "X-Requested-With": "portfolio" },
  });
  if (response.redirected || response.status === 401 || response.status === 400) throw new Error("signed out");
  return response;
}

class Saving {
  constructor(form) {
    this.form = form;
    this.state = form.querySelector("[data-state]");
    this.sent = this.now();
    form.addEventListener("input", () => this.typed());
    form.addEventListener("change", () => this.typed());
    addEventListener("online", () => this.save());
    addEventListener("beforeunload", (event) => { if (this.isOpen && !this.leaving) event.preventDefault(); });
    form.addEventListener("submit", () => { this.leaving = true; });
  }

  get isOpen() { return this.now() !== this.sent; }

  now() {
    const fields = [...new FormData(this.form)].filter(([name]) => !["revision", "csrf_token", "new_files"].includes(name));
    return JSON.stringify(fields);
  }

  typed() {
    this.grow();
    // New files are sent with the button: whoever chose one may choose another.
    if (!this.isOpen) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), REST_MS);
  }

  // An empty row of links is always there to type into.
  grow() {
    for (const set of this.form.querySelectorAll("[data-rows]")) {
      const rows = set.querySelectorAll("[data-row]");
      const last = rows[rows.length - 1];
      if (![...last.querySelectorAll("input")].some((cell) => cell.value)) continue;
      const fresh = last.cloneNode(true);
      for (const cell of fresh.querySelectorAll("input")) cell.value = "";
      set.append(fresh);
    }
  }

  async save() {
    clearTimeout(this.timer);
    if (this.busy || !this.isOpen) return;
    this.busy = this.sendNow();
    await this.busy;
    if (this.again) this.timer = setTimeout(() => this.save(), AGAIN_MS);
  }

  async sendNow() {
    const sending = this.now();
    if (text.textSaving) this.say(text.textSaving);
    try {
      const response = await send(this.form);
      const answer = await response.json();
      this.say(answer.message, response.ok ? "saved" : "lost");
      if (response.ok) {
        this.sent = sending;
        this.form.elements.revision.value = answer.revision;
      }
      this.again = response.ok && this.isOpen;
    } catch (error) {
      this.say(error.message === "signed out" ? text.textSignedOut : text.textLost, "lost");
      this.again = true;
    } finally {
      this.busy = null;
    }
  }

  // Saved, or known not to be.
  async settled() {
    while (this.busy) await this.busy;
    await this.save();
  }

  say(words, state = "") {
    this.state.textContent = words ?? "";
    this.state.dataset.state = state;
  }
}

const savings = [...document.querySelectorAll("form[data-autosave]")].map((form) => {
  const saving = new Saving(form);
  form.dataset.enlivened = "";
  saving.grow();
  return saving;
});

// Whatever else is pressed waits until what was typed is saved.
document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const open = savings.filter((saving) => saving.form !== form && (saving.isOpen || saving.busy));
  if (event.defaultPrevented || !open.length || form.matches("[data-mover]")) return;
  event.preventDefault();
  await Promise.all(open.map((saving) => saving.settled()));
  if (open.every((saving) => !saving.isOpen)) form.requestSubmit(submitter);
});
addEventListener("pagehide", () => savings.forEach((saving) => saving.save()));

// The order of the parts.
const list = document.querySelector("[data-parts]");
const said = document.querySelector("[data-said]");
const parts = () => [...list.querySelectorAll(":scope > [data-part]")];

async function place(part, to) {
  const body = new FormData(part.querySelector("[data-mover]"));
  body.append("to", String(to));
  const response = await fetch(part.dataset.move, {
    method: "POST", body, credentials: "same-origin", headers: { "X-Requested-With": "portfolio" },
  }).catch(() => null);
  if (!response?.ok || response.redirected) return location.reload();
  const { order } = await response.json();
  const focused = document.activeElement;
  for (const id of order) list.append(document.getElementById(`part-${id}`));
  const now = parts();
  now.forEach((one, index) => {
    one.querySelector("[value=up]").disabled = index === 0;
    one.querySelector("[value=down]").disabled = index === now.length - 1;
  });
  if (focused && list.contains(focused)) (focused.disabled ? part.querySelector("summary") : focused).focus();
  said.textContent = fill(text.textMoved, { title: part.dataset.title, place: now.indexOf(part) + 1, of: now.length });
  return null;
}

if (list) {
  list.classList.add("enlivened");
  list.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-mover]")) return;
    event.preventDefault();
    const part = event.target.closest("[data-part]");
    place(part, parts().indexOf(part) + (event.submitter.value === "up" ? -1 : 1));
  });
  list.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key) || !event.target.matches("summary")) return;
    event.preventDefault();
    const part = event.target.closest("[data-part]");
    place(part, Math.max(0, parts().indexOf(part) + (event.key === "ArrowUp" ? -1 : 1)));
  });

  let drag = null;
  list.addEventListener("pointerdown", (event) => {
    if (event.button || !event.target.closest("[data-grip]")) return;
    event.preventDefault();
    const mark = document.createElement("li");
    mark.className = "drop-mark";
    drag = { part: event.target.closest("[data-part]"), mark };
    drag.part.classList.add("dragged");
    list.setPointerCapture(event.pointerId);
  });
  list.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const under = parts().find((one) => {
      const box = one.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    list.insertBefore(drag.mark, under ?? null);
  });
  const end = (drop) => {
    if (!drag) return;
    const { part, mark } = drag;
    drag = null;
    part.classList.remove("dragged");
    if (drop && mark.isConnected) {
      const order = [...list.children].filter((one) => one !== part);
      place(part, order.indexOf(mark));
    }
    mark.remove();
  };
  list.addEventListener("pointerup", () => end(true));
  list.addEventListener("pointercancel", () => end(false));
  addEventListener("keydown", (event) => { if (event.key === "Escape") end(false); });
}
