// While somebody judges: the total, computed by the site, and kept comments found as one types.
const ASK_AFTER_MS = 200;

function headers() {
  const given = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  return { ...given, Accept: "application/json" };
}

function fieldsOf(box) {
  const fields = new URLSearchParams({ prefix: box.dataset.prefix });
  for (const field of box.querySelectorAll("[name]")) {
    if (field.type === "radio" && !field.checked) continue;
    fields.append(field.name, field.value);
  }
  return fields;
}

function show(box, told) {
  box.querySelector("[data-total]").textContent = told.words;
  for (const row of box.querySelectorAll("[data-criterion]")) {
    const error = told.errors[row.dataset.criterion] ?? "";
    const line = row.querySelector("[data-error]");
    line.hidden = !error;
    line.querySelector("span").textContent = error;
  }
  box.dispatchEvent(new CustomEvent("rubric:assessed", { bubbles: true, detail: told }));
}

function assess(box) {
  let timer;
  let newest = 0;
  const ask = async () => {
    const turn = ++newest;
    try {
      const answer = await fetch(box.dataset.assess, { method: "POST", headers: headers(), body: fieldsOf(box) });
      if (answer.ok && turn === newest) show(box, await answer.json());
    } catch {
      // The total stays as it was; it is computed again when the form is sent.
    }
  };
  box.addEventListener("input", ({ target }) => {
    if (target.type === "radio") follow(box, target);
    clearTimeout(timer);
    timer = setTimeout(ask, ASK_AFTER_MS);
  });
}

// Where points lie within a level, choosing another level takes its best, unless they fit already.
function follow(box, radio) {
  const points = document.getElementById(radio.name.replace(/level$/, "points"));
  if (!points) return;
  if (!radio.value) {
    points.value = "";
    return;
  }
  const given = Number.parseFloat(points.value.replace(",", "."));
  const { least, most } = radio.dataset;
  if (!(given >= Number(least) && given <= Number(most))) points.value = most;
}

// A digit chooses the level at that place, while one of its criterion has the focus.
function digits(box) {
  box.addEventListener("keydown", (event) => {
    if (event.target.type !== "radio" || !/^[1-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    const radios = event.target.closest("[data-criterion]").querySelectorAll("input[type=radio]:not([value=''])");
    const chosen = radios[Number(event.key) - 1];
    if (!chosen) return;
    event.preventDefault();
    chosen.focus();
    chosen.checked = true;
    chosen.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function insert(area, text) {
  const lead = area.value && !area.value.endsWith("\n") ? "\n" : "";
  area.setRangeText(lead + text, area.value.length, area.value.length, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function bank(box, holder) {
  const select = holder.querySelector("select");
  const label = holder.querySelector("label");
  const area = document.getElementById(holder.dataset.bank);
  const input = document.createElement("input");
  const list = document.createElement("ul");
  const heard = document.createElement("span");
  input.type = "search";
  input.id = `${select.id}-search`;
  input.placeholder = box.dataset.textSearch;
  input.autocomplete = "off";
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-autocomplete", "list"], ["aria-controls", `${input.id}-list`]]) {
    input.setAttribute(name, value);
  }
  list.id = `${input.id}-list`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label.textContent);
  list.hidden = true;
  heard.className = "visually-hidden";
  heard.setAttribute("role", "status");
  label.htmlFor = input.id;
  select.replaceWith(input, list, heard);
  let timer;
  let chosen = -1;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (place) => {
    const options = [...list.children];
    chosen = (place + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    input.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  };
  const take = (option) => {
    insert(area, option.textContent);
    const used = document.createElement("input");
    used.type = "hidden";
    used.name = `${box.dataset.prefix}used`;
    used.value = option.dataset.id;
    holder.append(used);
    input.value = "";
    close();
    area.focus();
  };
  const ask = async () => {
    const answer = await fetch(`${box.dataset.comments}?q=${encodeURIComponent(input.value)}`, { headers: headers() });
    if (!answer.ok) return;
    const { comments } = await answer.json();
    list.replaceChildren(...comments.map((comment, at) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.id = comment.id;
      option.textContent = comment.text;
      return option;
    }));
    chosen = -1;
    list.hidden = !comments.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    heard.textContent = comments.length ? `${comments.length} ${box.dataset.textFound}` : box.dataset.textNothing;
  };
  // What is typed here is not part of the judgement.
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    clearTimeout(timer);
    timer = setTimeout(() => ask().catch(() => {}), ASK_AFTER_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return close();
    if (event.key === "Enter") {
      event.preventDefault();
      if (chosen >= 0) take(list.children[chosen]);
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    if (list.hidden) return ask().catch(() => {});
    mark(chosen + (event.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1));
  });
  input.addEventListener("focus", () => ask().catch(() => {}));
  input.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
}

// Also for what is put into the page later, when one goes on to the next work.
export function enliven(root = document) {
  for (const box of root.querySelectorAll("[data-rubric-form]:not([data-live])")) {
    box.dataset.live = "";
    if (box.dataset.assess) assess(box); // without: only kept comments, for a plain comment
    digits(box);
    box.querySelectorAll("[data-bank]").forEach((holder) => bank(box, holder));
  }
}

enliven();
document.addEventListener("htmx:load", ({ target }) => enliven(target.parentElement ?? document));
