// The page of a quiz: rows that grow, what is still wrong at its field, a preview of each variant.
// Every step (add, move, copy, take out) is a button of a plain form; here it waits for the saving.
import { enhance } from "../questions/questions.js";
import { parts } from "./autosave.js";
import { addRow } from "./questions.js";

for (const { form } of parts) {
  form.addEventListener("input", ({ target }) => {
    const set = target.closest("[data-qrows]");
    const last = set?.querySelector("[data-qrow]:last-of-type");
    const fields = last ? [...last.querySelectorAll("input:not([type=radio], [type=checkbox]), textarea")] : [];
    if (last?.contains(target) && fields.some((field) => field.value.trim())) addRow(set);
    const box = target.closest("[data-written]");
    if (box && /^text\./.test(target.dataset.path ?? "")) retitle(box);
  });
  form.addEventListener("checked", ({ detail }) => {
    for (const [name, problems] of Object.entries(detail)) {
      const box = form.querySelector(`[data-written="${CSS.escape(name)}"]`);
      if (box) say(box, problems);
    }
  });
  form.addEventListener("saved", ({ detail }) => {
    for (const name of detail) {
      const box = form.querySelector(`[data-written="${CSS.escape(name)}"]`);
      const drawn = box?.closest("[data-card]").querySelector("[data-drawn]");
      if (drawn && !drawn.hidden) show(drawn, drawn.dataset.address);
    }
  });
}

function retitle(box) {
  const own = box.querySelector(`[data-path="text.${document.documentElement.lang}"]`)?.value.trim();
  const words = own || [...box.querySelectorAll('[data-path^="text."]')].map((field) => field.value.trim()).find(Boolean);
  if (words) box.closest("[data-card]").querySelector("[data-card-title]").textContent = words.slice(0, 90);
}

// What is wrong stands at its field when there is one, and always in the list above.
function say(box, problems) {
  const card = box.closest("[data-card]");
  const list = card.querySelector("[data-problems]");
  list.hidden = !problems.length;
  card.querySelector("[data-todo]").hidden = !problems.length;
  for (const old of box.querySelectorAll("[data-error]")) old.remove();
  for (const field of box.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  list.replaceChildren(...problems.map(({ path, words }) => {
    const item = document.createElement("li");
    item.textContent = words;
    const field = box.querySelector(`[data-path="${CSS.escape(path)}"]`);
    if (field) {
      const error = document.createElement("p");
      error.className = "error small";
      error.dataset.error = "";
      error.id = `e-${field.id}`;
      error.textContent = words;
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", error.id);
      field.after(error);
    }
    return item;
  }));
}

async function show(drawn, address) {
  drawn.dataset.address = address;
  const answer = await fetch(address, { credentials: "same-origin", headers: { "X-Requested-With": "editor" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || drawn.dataset.address !== address) return;
  drawn.innerHTML = await answer.text();  // made by the server's own templates, all texts sanitised
  drawn.hidden = false;
  enhance(drawn);
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-draw], a[data-redraw]");
  const drawn = link?.closest("[data-card]")?.querySelector("[data-drawn]");
  if (!drawn || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await Promise.all(parts.map((part) => part.settled()));
  const label = link.textContent;
  await show(drawn, link.href);
  if (!link.isConnected) [...drawn.querySelectorAll("a[data-redraw]")].find((a) => a.textContent === label)?.focus();
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-when-saved]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await Promise.all(parts.map((part) => part.settled()));
  location.assign(link.href);
});

const steps = document.querySelector("[data-quiz-steps]");
steps?.addEventListener("submit", async (event) => {
  if (steps.dataset.ready) return;
  event.preventDefault();
  await Promise.all(parts.map((part) => part.settled()));
  await new Promise((resolve) => { setTimeout(resolve); });  // a form is not sent while it is being sent
  steps.dataset.ready = "yes";
  steps.requestSubmit(event.submitter);
});

// After a step the page goes on at the question it was about. The browser's own jump to it comes
// with the end of loading and takes the focus away, so this waits for it.
const card = document.getElementById(decodeURIComponent(location.hash.slice(1)));
function goOn() {
  if (card?.matches("[data-card]")) card.querySelector("summary").focus();
  else if (card?.matches("details")) card.open = true;
}
if (document.readyState === "complete") goOn();
else addEventListener("load", () => setTimeout(goOn));
