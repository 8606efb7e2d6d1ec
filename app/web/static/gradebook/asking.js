// Small dialogs of the grid.
function dialog(title, parts, buttons) {
  const made = document.createElement("dialog");
  made.className = "grade-conflict";
  const heading = document.createElement("p");
  heading.id = "grid-question";
  heading.textContent = title;
  made.setAttribute("aria-labelledby", heading.id);
  const form = document.createElement("form");
  form.method = "dialog";
  const row = document.createElement("p");
  row.className = "row";
  for (const [value, label, kind] of buttons) {
    const button = document.createElement("button");
    button.value = value;
    button.textContent = label;
    button.className = `button ${kind}`;
    // Esc and the plain way out change nothing; Enter in a field takes the first.
    if (!value) button.formNoValidate = true;
    row.append(button);
  }
  form.append(...parts, row);
  made.append(heading, form);
  document.body.append(made);
  made.showModal();
  return new Promise((resolve) => {
    made.addEventListener("close", () => {
      made.remove();
      resolve(made.returnValue);
    });
  });
}

// A sentence with one way on, or with two.
export async function ask(text, question, label = "") {
  const buttons = label ? [["yes", label, ""], ["", text.textCancel, "quiet"]] : [["", text.textClose, ""]];
  return (await dialog(question, [], buttons)) === "yes";
}

// Keep mine or take theirs, for all at once.
export async function choose(text, lines) {
  const list = document.createElement("ul");
  for (const line of lines) {
    const item = document.createElement("li");
    item.textContent = line;
    list.append(item);
  }
  const buttons = [["mine", text.textKeepMine, ""], ["", text.textTakeTheirs, "secondary"]];
  return (await dialog(text.textConflict, [list], buttons)) === "mine";
}

export async function reasonFor(text) {
  const label = document.createElement("label");
  label.textContent = text.textReasonLabel;
  const field = document.createElement("input");
  field.required = true;
  field.maxLength = 500;
  field.autofocus = true;
  label.append(field);
  const done = await dialog(text.textReason, [label], [["yes", text.textSet, ""], ["", text.textCancel, "quiet"]]);
  return done === "yes" ? field.value.trim() : "";
}
