// The page of a cluster's editor: previews while writing, courses ordered by dragging.
const PREVIEW_MS = 400;

for (const box of document.querySelectorAll("[data-previews]")) {
  const token = box.closest("form").querySelector("[name=csrf_token]")?.value ?? "";
  for (const preview of box.querySelectorAll("[data-preview]")) {
    const area = box.querySelector(`[name=${preview.dataset.preview}]`);
    const body = preview.querySelector("[data-preview-body]");
    let timer = 0;
    const show = async () => {
      const answer = await fetch(box.dataset.previews, {
        method: "POST", body: new URLSearchParams({ text: area.value, csrf_token: token }),
      }).catch(() => null);
      if (!answer?.ok) return;
      body.innerHTML = await answer.text();
      preview.hidden = !area.value.trim();
    };
    area.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, PREVIEW_MS); });
    if (area.value.trim()) show();
  }
}

const list = document.querySelector("[data-order]");
const form = document.querySelector("[data-order-form]");
let held = null;

for (const row of list?.children ?? []) {
  row.draggable = true;
  row.addEventListener("dragstart", (event) => {
    held = row;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", row.dataset.course);
    row.classList.add("held");
  });
  row.addEventListener("dragend", () => { row.classList.remove("held"); held = null; });
  row.addEventListener("dragover", (event) => {
    if (!held) return;
    event.preventDefault();
    const box = row.getBoundingClientRect();
    const after = event.clientY > box.top + box.height / 2;
    if (row !== held) row[after ? "after" : "before"](held);
  });
}
list?.addEventListener("dragover", (event) => { if (held) event.preventDefault(); });
list?.addEventListener("drop", (event) => {
  if (!held) return;
  event.preventDefault();
  form.elements.course.value = held.dataset.course;
  form.elements.position.value = [...list.children].indexOf(held);
  form.submit();
});
