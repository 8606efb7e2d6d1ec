// The sum of the weights while they are typed, and names of categories that are being typed.
const form = document.querySelector("form.scheme[method=post]");
const line = form?.querySelector("[data-sum]");

function sum() {
  let total = 0;
  for (const field of form.querySelectorAll("[data-weight]")) {
    const row = field.closest("tr");
    if (!row.querySelector("[name$='-title']").value.trim()) continue;
    if (row.querySelector("[data-extra]").checked) continue;
    // Thousandths, so that 33.3 + 33.3 + 33.4 is a hundred.
    total += Math.round(Number(field.value || 0) * 1000);
  }
  const right = total === 100000 || form.querySelector("[data-totals]").value !== "weights";
  line.classList.toggle("wrong", !right);
  const words = right ? line.dataset.text : line.dataset.textWrong;
  line.textContent = words.replace("%(sum)s", Number.isFinite(total) ? String(total / 1000) : "?");
}

function names() {
  for (const option of form.querySelectorAll("option[data-new]")) {
    option.dataset.usual ??= option.textContent;
    option.textContent = form.elements[option.dataset.new].value.trim() || option.dataset.usual;
  }
}

if (line) {
  form.addEventListener("input", () => { sum(); names(); });
  sum();
  names();
  form.querySelector(".scheme-preview")?.focus();
}
