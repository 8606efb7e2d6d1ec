// Questions work without this. Here the items of an order can also be dragged: places follow.
class Order {
  constructor(list) {
    this.list = list;
    for (const grip of list.querySelectorAll("[data-grip]")) grip.hidden = false;
    this.sort();
    list.addEventListener("pointerdown", (event) => this.start(event));
    list.addEventListener("pointermove", (event) => this.move(event));
    for (const kind of ["pointerup", "pointercancel"]) list.addEventListener(kind, (event) => this.end(event));
  }

  rows() { return [...this.list.querySelectorAll("[data-order-item]")]; }

  // What was answered stands in its order when the page comes back.
  sort() {
    const place = (row) => Number(row.querySelector("select").value) || 999;
    if (this.rows().every((row) => place(row) === 999)) return;
    this.list.append(...this.rows().sort((one, other) => place(one) - place(other)));
  }

  start(event) {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button || this.list.closest("fieldset")?.disabled) return;
    event.preventDefault();
    this.row = grip.closest("[data-order-item]");
    this.row.classList.add("dragged");
    this.list.setPointerCapture(event.pointerId);
  }

  move(event) {
    if (!this.row) return;
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-order-item]");
    if (!under || under === this.row || under.parentElement !== this.list) return;
    const box = under.getBoundingClientRect();
    this.list.insertBefore(this.row, event.clientY < box.top + box.height / 2 ? under : under.nextSibling);
  }

  end() {
    if (!this.row) return;
    this.row.classList.remove("dragged");
    this.row = null;
    this.rows().forEach((row, index) => { row.querySelector("select").value = String(index + 1); });
    this.list.dispatchEvent(new Event("input", { bubbles: true }));
    this.list.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

export function enhance(root) {
  for (const list of root.querySelectorAll("[data-ordering]:not([data-on])")) {
    list.dataset.on = "";
    new Order(list);
  }
}

enhance(document);
