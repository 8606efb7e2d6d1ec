// Saves the draft while it is being written. Without this the buttons save all the same.
const SAVE_AFTER_MS = 1200;

function tend(form) {
  const said = form.querySelector("[data-saved]");
  const revision = form.elements.revision;
  let timer;
  let running = null;
  let isStopped = false;

  async function save() {
    if (isStopped) return;
    if (running) return void later();
    const body = new URLSearchParams(new FormData(form));
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
        isStopped = true; // somebody else wrote too: only a press decides now
        said.textContent = told.error ?? answer.statusText;
      }
    } catch {
      later(5 * SAVE_AFTER_MS); // the network is away: what is typed stays here
    } finally {
      running = null;
    }
  }

  function later(after = SAVE_AFTER_MS) {
    clearTimeout(timer);
    timer = setTimeout(save, after);
  }

  form.addEventListener("input", () => later());
  // A press that overtakes a save under way would look like somebody else's change: wait for it.
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (!running || event.defaultPrevented) {
      isStopped = !event.defaultPrevented;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    await running.catch(() => {});
    setTimeout(() => form.requestSubmit(submitter), 0);
  });
  form.dataset.live = "";
}

document.querySelectorAll("[data-brief-form]").forEach(tend);
// The link of something that is missing leads to its field.
const asked = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
asked?.querySelector("input, select, textarea")?.focus();
