// The company's board: cards are dragged, or moved with the arrow keys on their handle. Without
// this module every card has a form that does the same.

const board = document.querySelector("[data-board]");
const said = document.querySelector("[data-said]");

/** Columns into which the company moves cards by hand, from left to right. */
const columns = () => [...board.querySelectorAll("[data-drop]")];
const columnOf = (card) => card.closest("[data-column]");

function recount() {
  for (const column of board.querySelectorAll("[data-column]")) {
    column.querySelector("[data-count]").textContent = column.querySelectorAll("[data-card]").length;
  }
}

function put(card, state) {
  const column = board.querySelector(`[data-column="${state}"]`);
  if (!column) return;
  column.querySelector("[data-cards]").append(card);
  card.dataset.state = state;
  const form = card.querySelector("[data-move]");
  if (form) form.elements.seen.value = state;
  const movable = column.hasAttribute("data-drop");
  card.draggable = movable;
  card.querySelector("[data-handle]").hidden = !movable;
  recount();
}

const moving = new WeakMap();

/** Move CARD to a column, after whatever move of it is still under way. */
function move(card, to) {
  const next = (moving.get(card) ?? Promise.resolve()).then(() => send(card, to));
  moving.set(card, next);
  return next;
}

/** The server says where CARD stands, also when it refuses. */
async function send(card, to) {
  const from = card.dataset.state;
  if (to === from) return;
  put(card, to);
  const body = new FormData();
  body.set("to", to);
  body.set("seen", from);
  try {
    const answer = await fetch(card.dataset.address, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": board.dataset.token, "X-Requested-With": "applications" },
    });
    const told = await answer.json();
    put(card, told.state || from);
    said.textContent = told.message;
    if (!answer.ok) announce(told.message);
  } catch {
    put(card, from);
    announce(board.dataset.textLost);
  }
}

/** Say it where everybody sees it, not only to a screen reader. */
function announce(text) {
  said.textContent = text;
  said.classList.remove("visually-hidden");
  said.classList.add("notice", "warn");
}

if (board) {
  for (const card of board.querySelectorAll("[data-card]")) {
    const handle = card.querySelector("[data-handle]");
    const movable = columnOf(card).hasAttribute("data-drop");
    handle.hidden = !movable;
    card.draggable = movable;
    card.addEventListener("dragstart", (event) => {
      event.dataTransfer.setData("text/plain", card.dataset.card);
      event.dataTransfer.effectAllowed = "move";
      card.classList.add("dragged");
    });
    card.addEventListener("dragend", () => card.classList.remove("dragged"));
    handle.addEventListener("keydown", async (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const all = columns();
      const next = all[all.indexOf(columnOf(card)) + step];
      if (!next) return;
      await move(card, next.dataset.column);
      handle.focus();
    });
  }
  for (const column of columns()) {
    column.addEventListener("dragover", (event) => {
      event.preventDefault();
      column.classList.add("over");
    });
    column.addEventListener("dragleave", () => column.classList.remove("over"));
    column.addEventListener("drop", (event) => {
      event.preventDefault();
      column.classList.remove("over");
      const id = event.dataTransfer.getData("text/plain");
      const card = board.querySelector(`[data-card="${CSS.escape(id)}"]`);
      if (card) move(card, column.dataset.column);
    });
  }
  board.classList.add("enlivened");
}
