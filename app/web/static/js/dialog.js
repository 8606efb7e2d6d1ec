// Asks before a destructive act: <button data-confirm="Delete “Lab 2”?" data-confirm-label="Delete">.
// The server must be able to undo, or ask on a page of its own, for readers without script.
const text = document.body.dataset;

function ask(question, label) {
  const dialog = document.createElement("dialog");
  const paragraph = document.createElement("p");
  paragraph.textContent = question;
  paragraph.id = "confirm-question";
  dialog.setAttribute("aria-labelledby", paragraph.id);
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "row";
  for (const [value, name, kind] of [["", text.textCancel, "quiet"], ["yes", label, "danger"]]) {
    const button = document.createElement("button");
    button.value = value;
    button.textContent = name;
    button.className = `button ${kind}`;
    form.append(button);
  }
  dialog.append(paragraph, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const asker = [submitter, form].find((element) => element?.dataset.confirm);
  if (!asker || asker.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const label = asker.dataset.confirmLabel || submitter?.textContent.trim() || text.textConfirm;
  if (!(await ask(asker.dataset.confirm, label))) return submitter?.focus();
  asker.dataset.confirmed = "yes";
  form.requestSubmit(submitter);
  delete asker.dataset.confirmed;
}, true);
