// Which cell is where the keyboard is, and the rectangle around it.
export class Selection {
  constructor(root, windows) {
    this.root = root;
    this.windows = windows;
    this.box = windows.box;
    this.columns = [...this.box.querySelectorAll("thead th")];
    this.row = windows.size * Math.floor(Number(root.dataset.first) / windows.size);
    this.column = Math.min(3, this.columns.length - 1);
    this.anchor = null;
    this.cell()?.setAttribute("tabindex", "0");
    // The region itself is for readers without script.
    this.box.tabIndex = -1;
    this.box.removeAttribute("role");
    this.box.removeAttribute("aria-label");
    this.box.addEventListener("focusin", (event) => this.follow(event.target));
    for (const link of this.box.querySelectorAll("tbody th a")) link.tabIndex = -1;
  }

  static place(cell) {
    return {
      row: Number(cell.closest("tr").getAttribute("aria-rowindex")) - 2,
      column: Number(cell.getAttribute("aria-colindex")) - 1,
    };
  }

  cell(row = this.row, column = this.column) {
    return this.windows.here(row)?.cells[column] ?? null;
  }

  key(column = this.column) { return this.columns[column]?.dataset.key ?? ""; }

  follow(target) {
    const cell = target.closest("tbody [role=gridcell], tbody [role=rowheader]");
    if (!cell) return;
    const { row, column } = Selection.place(cell);
    this.mark(row, column);
  }

  mark(row, column) {
    for (const old of this.box.querySelectorAll("tbody [tabindex='0']")) old.tabIndex = -1;
    this.row = row;
    this.column = column;
    const cell = this.cell();
    if (cell) cell.tabIndex = 0;
  }

  async move(row, column, { extend = false } = {}) {
    const start = { row: this.row, column: this.column };
    const to = {
      row: Math.max(0, Math.min(this.windows.total - 1, row)),
      column: Math.max(0, Math.min(this.columns.length - 1, column)),
    };
    if (extend) this.anchor ??= start;
    else this.anchor = null;
    const found = await this.windows.row(to.row);
    if (!found) return null;
    this.mark(to.row, to.column);
    this.windows.scrollTo(to.row);
    const cell = found.cells[to.column];
    cell.focus({ preventScroll: true });
    this.intoView(cell);
    this.paint();
    return cell;
  }

  // Sideways too, past the column that stays.
  intoView(cell) {
    const head = this.columns[0].getBoundingClientRect().width;
    const left = cell.offsetLeft;
    if (this.column === 0) return;
    if (left - head < this.box.scrollLeft) this.box.scrollLeft = left - head;
    const right = left + cell.offsetWidth - this.box.clientWidth;
    if (right > this.box.scrollLeft) this.box.scrollLeft = right;
  }

  focus() { this.cell()?.focus({ preventScroll: true }); }

  rectangle() {
    const anchor = this.anchor ?? { row: this.row, column: this.column };
    return {
      top: Math.min(anchor.row, this.row),
      bottom: Math.max(anchor.row, this.row),
      left: Math.min(anchor.column, this.column),
      right: Math.max(anchor.column, this.column),
    };
  }

  paint() {
    for (const old of this.box.querySelectorAll("[aria-selected]")) old.removeAttribute("aria-selected");
    if (!this.anchor) return;
    const { top, bottom, left, right } = this.rectangle();
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) this.cell(row, column)?.setAttribute("aria-selected", "true");
    }
  }
}
