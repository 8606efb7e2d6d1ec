// Saves the draft while it is being written. Without this the buttons save all the same.
const SAVE_AFTER_MS = 1200;

function tend(form) {
  const said = form.querySelector("[data-saved]");
  const revision = form.elements.revision;
  let timer;
  let running = null;
  let stopped = false;

  async function save() {
    if (stopped || running) return;
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "save");
    running = fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    try {
      const answer = await running;
      const told = await answer.json();
      if (answer.ok) {
        revision.value = told.revision;
        const time = document.createElement("template");
        time.innerHTML = told.at;
        said.replaceChildren(`${told.saved} `, time.content);
      } else {
        stopped = true;
        said.textContent = told.error ?? answer.statusText;
      }
    } catch {
      timer = setTimeout(save, 5 * SAVE_AFTER_MS);
    } finally {
      running = null;
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  // A press that overtakes a save under way would look like somebody else's change: wait for it.
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (!running || event.defaultPrevented) {
      stopped = !event.defaultPrevented;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    await running.catch(() => {});
    setTimeout(() => form.requestSubmit(submitter), 50);
  });
  // Alt and an arrow move the criterion, or the level, in which one writes.
  form.addEventListener("keydown", (event) => {
    const verbs = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "up", ArrowRight: "down" };
    if (!event.altKey || !(event.key in verbs)) return;
    const isLevel = event.key === "ArrowLeft" || event.key === "ArrowRight";
    const part = event.target.closest(isLevel ? ".rubric-level" : ".rubric-criterion");
    const own = [...(part?.querySelectorAll(`button[value^="${verbs[event.key]}:"]`) ?? [])]
      .find((button) => button.closest("fieldset") === part);
    if (!own || own.disabled) return;
    event.preventDefault();
    form.requestSubmit(own);
  });
}

document.querySelectorAll("[data-rubric-editor]").forEach(tend);
// After adding or moving, go on where the part is.
const part = location.hash.startsWith("#part-") && document.getElementById(location.hash.slice(1));
if (part) part.focus();
