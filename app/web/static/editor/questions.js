// A question of a quiz is one field that is saved: the texts of all its inputs by their path.
export function questionAt(form, name) {
  return form.querySelector(`[data-written="${CSS.escape(name)}"]`);
}

export function labelOf(box) {
  return box.closest("[data-card]")?.querySelector("[data-card-title]")?.textContent.trim() || box.dataset.written;
}

const inputs = (box) => [...box.querySelectorAll("[data-path]")];
const isMark = (field) => field.type === "radio" || field.type === "checkbox";

function valueOf(field, sent) {
  if (!sent) return field.value;
  if (field.tagName !== "SELECT") return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
}

// What the fields say now, or (SENT) what the server sent. Empty fields are left out.
export function readQuestion(box, sent = false) {
  const found = {};
  for (const field of inputs(box)) {
    if (isMark(field)) {
      if (sent ? field.defaultChecked : field.checked) found[field.dataset.path] = field.value;
    } else {
      const value = valueOf(field, sent);
      if (value.trim()) found[field.dataset.path] = value;
    }
  }
  return found;
}

// Put back what was typed; VALUE holds texts by path.
export function writeQuestion(box, value) {
  for (const set of box.querySelectorAll("[data-qrows]")) {
    const most = Math.max(-1, ...Object.keys(value).filter((path) => path.startsWith(`${set.dataset.qrows}.`))
      .map((path) => Number(path.split(".")[1])));
    while (set.querySelectorAll("[data-qrow]").length <= most + 1) addRow(set);
  }
  for (const field of inputs(box)) {
    if (isMark(field)) field.checked = value[field.dataset.path] === field.value;
    else field.value = value[field.dataset.path] ?? (field.tagName === "SELECT" ? field.value : "");
  }
}

// One more empty row, its names counted on.
export function addRow(set) {
  const rows = set.querySelectorAll("[data-qrow]");
  const last = rows[rows.length - 1];
  const from = rows.length - 1;
  const fresh = last.cloneNode(true);
  const on = (words) => words.replaceAll(`.${set.dataset.qrows}.${from}`, `.${set.dataset.qrows}.${from + 1}`)
    .replace(new RegExp(`^${set.dataset.qrows}\\.${from}(?=\\.|$)`), `${set.dataset.qrows}.${from + 1}`);
  for (const error of fresh.querySelectorAll("[data-error]")) error.remove();
  for (const element of fresh.querySelectorAll("*")) {
    for (const name of ["name", "id", "for", "data-path"]) {
      if (element.hasAttribute(name)) element.setAttribute(name, on(element.getAttribute(name)));
    }
    element.removeAttribute("aria-invalid");
    element.removeAttribute("aria-describedby");
    if (element.matches("input, textarea")) {
      if (isMark(element)) {
        element.checked = element.defaultChecked = false;
        if (element.type === "radio") element.value = String(from + 1);
      } else element.value = element.defaultValue = "";
    }
    if (element.matches("legend, .qrow-mark") && !element.childElementCount) {
      element.textContent = element.textContent.replace(String(from + 1), String(from + 2));
    }
    if (element.matches("details")) element.open = false;
  }
  last.after(fresh);
  return fresh;
}
