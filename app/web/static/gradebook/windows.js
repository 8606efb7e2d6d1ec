// Only the rows around what is seen are in the page; spacers stand for the others.
const AROUND = 1;

export class Windows {
  constructor(root, say) {
    this.root = root;
    this.say = say;
    this.box = root.querySelector(".grades");
    this.body = this.box.querySelector("tbody");
    this.total = Number(root.dataset.total);
    this.size = Number(root.dataset.window);
    this.address = root.dataset.rows;
    const rows = [...this.body.rows];
    const first = Math.floor(Number(root.dataset.first) / this.size);
    this.loaded = new Map([[first, rows]]);
    this.wanted = new Map();
    this.height = rows[0].getBoundingClientRect().height || 44;
    this.above = this.spacer();
    this.below = this.spacer();
    this.lay();
    if (first > 0) this.box.scrollTop = first * this.size * this.height;
    this.box.addEventListener("scroll", () => this.soon(), { passive: true });
    addEventListener("resize", () => this.soon());
  }

  get windowCount() { return Math.ceil(this.total / this.size); }

  spacer() {
    const row = document.createElement("tr");
    row.className = "spacer";
    row.setAttribute("aria-hidden", "true");
    const cell = document.createElement("td");
    cell.colSpan = Number(this.box.querySelector("table").getAttribute("aria-colcount"));
    row.append(cell);
    return row;
  }

  soon() {
    this.planned ??= requestAnimationFrame(() => {
      this.planned = null;
      this.show();
    });
  }

  // The windows around what is seen now.
  needed() {
    const top = Math.floor(this.box.scrollTop / this.height / this.size);
    const seen = Math.ceil(this.box.clientHeight / this.height / this.size);
    const found = [];
    const last = Math.min(this.windowCount - 1, top + seen + AROUND - 1);
    for (let n = Math.max(0, top - AROUND); n <= last; n += 1) found.push(n);
    return found;
  }

  show() {
    const needed = this.needed();
    clearTimeout(this.fetching);
    // Whoever scrolls far passes many windows: only where she stays is fetched.
    this.fetching = setTimeout(() => needed.forEach((n) => this.load(n)), this.wanted.size ? 80 : 20);
    this.lay(needed);
  }

  async load(n) {
    if (n < 0 || n >= this.windowCount) return;
    if (this.loaded.has(n)) return;
    if (this.wanted.has(n)) { await this.wanted.get(n); return; }
    const coming = this.fetch(n);
    this.wanted.set(n, coming);
    try { await coming; } finally { this.wanted.delete(n); }
    this.lay(this.needed());
  }

  async fetch(n) {
    const join = this.address.includes("?") ? "&" : "?";
    const response = await fetch(`${this.address}${join}first=${n * this.size}`, {
      credentials: "same-origin", cache: "no-store", headers: { "X-Requested-With": "grid" },
    });
    if (response.redirected) { location.reload(); return; }
    if (!response.ok) throw new Error(String(response.status));
    this.loaded.set(n, this.parse(await response.text()));
  }

  parse(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = `<table><tbody>${html}</tbody></table>`;
    return [...fresh.content.querySelector("tbody").rows];
  }

  // Put the windows that are there and near in their order, and forget the far ones.
  lay(needed = this.needed()) {
    const keep = new Set(needed);
    const edited = this.body.querySelector("input")?.closest("tr");
    for (const [n, rows] of this.loaded) {
      if (!keep.has(n) && !(edited && rows.includes(edited))) this.loaded.delete(n);
    }
    const numbers = [...this.loaded.keys()].sort((a, b) => a - b);
    const parts = [];
    let next = 0;
    for (const n of numbers) {
      if (n * this.size > next) parts.push(this.gap(parts.length, n * this.size - next));
      parts.push(...this.loaded.get(n));
      next = n * this.size + this.loaded.get(n).length;
    }
    if (next < this.total) parts.push(this.gap(parts.length, this.total - next));
    const same = parts.length === this.body.rows.length
      && parts.every((row, place) => this.body.rows[place] === row);
    if (same) return;
    const active = document.activeElement;
    const wasInside = this.body.contains(active);
    const top = this.box.scrollTop;
    // Rows that stay are not moved: an open field would be left, and what is in it saved half typed.
    const kept = new Set(parts);
    for (const row of [...this.body.rows]) if (!kept.has(row)) row.remove();
    parts.forEach((row, place) => {
      if (this.body.rows[place] !== row) this.body.insertBefore(row, this.body.rows[place] ?? null);
    });
    if (this.box.scrollTop !== top) this.box.scrollTop = top;
    if (!wasInside || active === document.activeElement) return;
    // The row that had the keyboard was scrolled away: the box keeps it until the next key.
    (this.body.contains(active) ? active : this.box).focus({ preventScroll: true });
  }

  gap(place, count) {
    const row = place === 0 ? this.above : count && this.spacer();
    row.firstChild.style.height = `${count * this.height}px`;
    row.style.height = `${count * this.height}px`;
    return row;
  }

  // The row at a 0-based place, fetched when it is not there.
  async row(place) {
    const n = Math.floor(place / this.size);
    if (!this.loaded.has(n)) {
      this.scrollTo(place);
      this.lay(this.needed());
      try { await this.load(n); } catch { this.say(this.root.dataset.textLost); return null; }
    }
    return this.loaded.get(n)?.[place - n * this.size] ?? null;
  }

  // The row of a place, or null when it is not in the page.
  here(place) {
    const n = Math.floor(place / this.size);
    return this.loaded.get(n)?.[place - n * this.size] ?? null;
  }

  scrollTo(place) {
    const head = this.box.querySelector("thead").getBoundingClientRect().height;
    const top = place * this.height;
    const room = this.box.clientHeight - head - this.height;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top > this.box.scrollTop + room) this.box.scrollTop = top - room;
  }

  // A person's row as it is now; it stays where it stood, even when it would sort elsewhere now.
  // A cell in which somebody types stays as it is, with the revision that she saw.
  replace(person, html) {
    for (const rows of this.loaded.values()) {
      const place = rows.findIndex((row) => row.dataset.person === person);
      if (place < 0) continue;
      const [fresh] = this.parse(html);
      const edited = rows[place].querySelector("[role=gridcell] input")?.closest("[role=gridcell]");
      if (edited) {
        [...fresh.cells].forEach((cell, n) => {
          if (rows[place].cells[n] !== edited) rows[place].cells[n].replaceWith(cell);
        });
        return rows[place];
      }
      fresh.setAttribute("aria-rowindex", rows[place].getAttribute("aria-rowindex"));
      rows[place].replaceWith(fresh);
      rows[place] = fresh;
      return fresh;
    }
    return null;
  }
}
