// Copies the value of a field: <button data-copy="#field" data-copied="Copied" hidden>.
// The button is there only where copying works; without it the field can be selected.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.querySelector(button.dataset.copy);
  field?.addEventListener("focus", () => field.select());
  if (!field || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    const said = button.parentElement.querySelector("[role=status]");
    if (said) said.textContent = button.dataset.copied;
  });
}
