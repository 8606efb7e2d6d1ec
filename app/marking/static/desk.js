// One work after the other, by keyboard. The page works without this: then each step is a page.
const HEADERS = { "X-Desk": "1" };
const root = document.querySelector("[data-marking]");
const holder = root.querySelector("[data-work]");
const said = root.querySelector("[data-said]");
const keys = document.querySelector("[data-keys]");
const typed = new Map(); // what was typed and not saved, by the address of the work
let ahead = null; // the next work, asked for while this one is read
let busy = false;
let isDirty = false;

const work = () => holder.querySelector(".marking-work");
const form = () => holder.querySelector("[data-given]");
const criteria = () => [...form().querySelectorAll("[data-criterion]")];
const radiosOf = (row) => [...row.querySelectorAll("input[type=radio]:not([value=''])")];

function say(words, isBad = false) {
  said.textContent = words;
  said.classList.toggle("is-bad", isBad);
}

async function ask(address) {
  const answer = await fetch(address, { headers: HEADERS });
  if (!answer.ok || answer.redirected) return null;
  return answer.text();
}

function askAhead() {
  const address = work().dataset.next;
  ahead = address ? { address, text: ask(address).catch(() => null) } : null;
}

function fieldsToKeep() {
  return [...form().elements].filter((field) => field.name && field.type !== "hidden");
}

function keepTyped() {
  if (!isDirty || !form()) return;
  typed.set(work().dataset.address, fieldsToKeep().map((field) => [field.name, field.type === "radio" ? field.checked && field.value : field.value]));
}

function giveBack() {
  const kept = typed.get(work().dataset.address);
  if (!kept) return;
  for (const [name, value] of kept) {
    for (const field of form().querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio") { if (field.value === value) field.checked = true; }
      else field.value = value;
    }
  }
  isDirty = true;
}

function startHere() {
  const refused = holder.querySelector("[data-refused]");
  const points = form().querySelector("[data-points]");
  const [row] = criteria();
  const first = refused ?? points ?? (row && (radiosOf(row)[0] ?? row.querySelector("input"))) ?? work().querySelector("[data-heading]");
  first.focus({ preventScroll: true });
  if (first === points) points.select();
  if (row) mark(row);
}

function mark(row) {
  for (const other of criteria()) other.classList.toggle("is-current", other === row);
}

// Puts a work into the page.
function show(text, { isNew = true } = {}) {
  holder.innerHTML = text;
  isDirty = false;
  if (isNew) history.pushState(null, "", work().dataset.address);
  document.title = document.title.replace(/^.*? · /, `${work().dataset.title} · `);
  enliven();
  holder.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true })); // rubrics listen to it
  window.scrollTo({ top: 0, behavior: "instant" });
}

function enliven() {
  holder.querySelector("[data-show-keys]")?.removeAttribute("hidden");
  giveBack();
  startHere();
  askAhead();
}

async function go(address, { isNew = true } = {}) {
  if (!address || busy) return;
  busy = true;
  keepTyped();
  try {
    const early = ahead?.address === address ? await ahead.text : null;
    const text = early ?? (await ask(address));
    if (text === null) return location.assign(address);
    show(text, { isNew });
  } catch {
    say(root.dataset.textLost, true);
  } finally {
    busy = false;
  }
}

async function save() {
  if (busy) return;
  busy = true;
  const here = work().dataset.address;
  let next = null;
  try {
    const answer = await fetch(form().action, { method: "POST", headers: HEADERS, body: new FormData(form()) });
    if (answer.status === 409 || answer.status === 422) {
      typed.delete(here);
      say("");
      show(await answer.text(), { isNew: false });
      isDirty = true;
      return;
    }
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const told = await answer.json();
    typed.delete(here);
    isDirty = false;
    say(told.saved);
    if (!told.next) {
      say(`${told.saved} ${root.dataset.textDone}`);
      ahead = null;
    }
    next = { address: told.next || here, waiting: told.waiting };
  } catch {
    say(root.dataset.textLost, true);
  } finally {
    busy = false;
  }
  if (!next) return;
  await go(next.address, { isNew: next.address !== here });
  holder.querySelector("[data-waiting]").textContent = next.waiting;
}

function choose(number, target) {
  const rows = criteria().filter((row) => radiosOf(row).length);
  const near = target.closest?.("[data-criterion]");
  const row = rows.find((one) => one === near) ?? rows.find((one) => !radiosOf(one).some((radio) => radio.checked)) ?? rows[0];
  const radio = radiosOf(row)[number - 1];
  if (!radio) return;
  if (!radio.checked) {
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const following = rows[rows.indexOf(row) + 1] ?? row;
  const rest = radiosOf(following);
  (rest.find((one) => one.checked) ?? rest[0]).focus();
  mark(following);
}

function comment() {
  const row = form().querySelector("[data-criterion].is-current");
  (row ?? form()).querySelector("textarea")?.focus();
}

const ACTS = {
  j: () => go(work().dataset.next), n: () => go(work().dataset.next),
  k: () => go(work().dataset.before), p: () => go(work().dataset.before),
  c: comment,
  "?": () => keys.showModal(),
};

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (keys.open) {
    if (key === "?") { event.preventDefault(); keys.close(); }
    return;
  }
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    return save();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const isPoints = target.matches("[data-points], [name$='.points']");
  const isChoice = target.matches("input[type=radio]");
  if (target.matches("input, textarea, select") && !isPoints && !isChoice) {
    if (key === "Escape" && !event.defaultPrevented) (form().querySelector("[data-points]") ?? work().querySelector("[data-heading]")).focus();
    return;
  }
  if (key === "Enter" && target.matches("body, [data-heading], [data-refused], input")) {
    event.preventDefault();
    return save();
  }
  if (/^[1-9]$/.test(key) && !isPoints) {
    if (criteria().some((row) => radiosOf(row).length)) {
      event.preventDefault();
      return choose(Number(key), target);
    }
    return form().querySelector("[data-points]")?.select(); // the key itself lands there
  }
  if (ACTS[key]) {
    event.preventDefault();
    ACTS[key]();
  }
});

holder.addEventListener("focusin", ({ target }) => {
  const row = target.closest("[data-criterion]");
  if (row) mark(row);
});
holder.addEventListener("input", ({ target }) => {
  if (target.closest("[data-given]")) isDirty = true;
});
holder.addEventListener("click", (event) => {
  const link = event.target.closest("[data-go]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    if (link.dataset.go === "here") { typed.delete(work().dataset.address); isDirty = false; }
    go(link.href, { isNew: link.dataset.go !== "here" });
  }
  if (event.target.closest("[data-show-keys]")) keys.showModal();
});
holder.addEventListener("submit", (event) => {
  if (event.target.matches("[data-given]")) {
    event.preventDefault();
    save();
  } else if (event.target.matches("[data-note]")) {
    event.preventDefault();
    note(event.target);
  }
});

// Notes at a cell come and go without leaving the work.
async function note(noted) {
  const place = noted.closest("[data-notes]");
  const error = noted.querySelector("[data-note-error]");
  try {
    const answer = await fetch(noted.action, { method: "POST", headers: HEADERS, body: new FormData(noted) });
    if (answer.status === 422) {
      error.textContent = (await answer.json()).error;
      error.hidden = false;
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    place.innerHTML = await answer.text();
    place.querySelector("summary").focus();
    if (ahead) askAhead();
  } catch {
    say(root.dataset.textLost, true);
  }
}

window.addEventListener("popstate", () => go(location.href, { isNew: false }));
window.addEventListener("beforeunload", (event) => {
  if (isDirty) event.preventDefault();
});

enliven();
