// Keeps what is being written: <textarea data-draft="discussion-42">, on this device only.
// A form with data-clears-drafts (signing out) leaves nothing behind for the next person.
const PREFIX = "draft:";
const SAVE_AFTER_MS = 500;
const text = document.body.dataset;

function note(area, message) {
  const line = document.createElement("p");
  line.className = "draft-note";
  line.setAttribute("role", "status");
  line.append(message);
  area.insertAdjacentElement("afterend", line);
  return line;
}

function keep(area) {
  const key = PREFIX + area.dataset.draft;
  const given = area.defaultValue;
  const saved = localStorage.getItem(key);
  if (saved && saved !== area.value) {
    area.value = saved;
    const line = note(area, text.textDraftRestored);
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "button quiet small";
    discard.textContent = text.textDraftDiscard;
    discard.addEventListener("click", () => {
      localStorage.removeItem(key);
      area.value = given;
      line.remove();
      area.focus();
    });
    line.append(discard);
  }
  let timer;
  let savedLine;
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (area.value === given) return localStorage.removeItem(key);
      localStorage.setItem(key, area.value);
      savedLine ??= note(area, text.textDraftSaved);
    }, SAVE_AFTER_MS);
  });
  area.form?.addEventListener("submit", () => {
    clearTimeout(timer);
    localStorage.removeItem(key);
  });
}

document.querySelectorAll("textarea[data-draft]").forEach(keep);

document.addEventListener("submit", ({ target }) => {
  if (!target.matches("[data-clears-drafts]")) return;
  Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
    .forEach((key) => localStorage.removeItem(key));
});
