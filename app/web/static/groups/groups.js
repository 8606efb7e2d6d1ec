// Groups by dragging: a student let go over a group gets that group chosen; saving is a button.
for (const form of document.querySelectorAll("[data-groups]")) {
  let held = null;
  const boxes = [...form.querySelectorAll("[data-group]")];
  const count = () => {
    for (const box of boxes) box.querySelector(".count").textContent = box.querySelectorAll("[data-person]").length;
  };
  const put = (row, box) => {
    box.querySelector("ul").append(row);
    row.querySelector("select").value = box.dataset.group;
    count();
  };
  for (const row of form.querySelectorAll("[data-person]")) {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      held = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.dataset.person);
      row.classList.add("held");
    });
    row.addEventListener("dragend", () => { row.classList.remove("held"); held = null; });
    // Chosen by keyboard the row moves, too, and keeps the focus.
    const select = row.querySelector("select");
    select.addEventListener("change", () => {
      const box = boxes.find((one) => one.dataset.group === select.value);
      if (!box) return;
      put(row, box);
      select.focus();
    });
  }
  for (const box of boxes) {
    box.addEventListener("dragover", (event) => { if (held) { event.preventDefault(); box.classList.add("over"); } });
    box.addEventListener("dragleave", () => box.classList.remove("over"));
    box.addEventListener("drop", (event) => {
      box.classList.remove("over");
      if (!held) return;
      event.preventDefault();
      put(held, box);
    });
  }
}
