// Files of a data set are sent in pieces before the form itself: with progress, and what broke off
// goes on where it stopped. Without this script the form sends them itself.
const TRIES = 6;

function headers(more = {}) {
  const given = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  return { ...given, Accept: "application/json", ...more };
}

const pause = (seconds) => new Promise((go) => { setTimeout(go, seconds * 1000); });

async function digest(piece) {
  if (!globalThis.crypto?.subtle) return null;
  const found = await crypto.subtle.digest("SHA-256", piece);
  return [...new Uint8Array(found)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

class Stopped extends Error {}

async function ask(address, options) {
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await fetch(address, options);
      const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      if (answer.ok) return told;
      if (answer.status < 500 && (tries >= TRIES || options.method !== "PUT")) throw new Stopped(told.message ?? "");
    } catch (error) {
      if (error instanceof Stopped || tries >= TRIES) throw error;
    }
    await pause(Math.min(8, 2 ** tries / 4));
  }
}

async function send(box, file, shown) {
  const begun = await ask(box.dataset.uploads, {
    method: "POST",
    headers: headers({ "Content-Type": "application/json" }),
    body: JSON.stringify({ name: file.name, size: file.size, mark: String(file.lastModified) }),
  });
  let { received } = begun;
  shown(received / file.size);
  while (received < file.size) {
    const piece = await file.slice(received, received + begun.piece).arrayBuffer();
    const own = await digest(piece);
    const told = await ask(`${box.dataset.uploads}/${begun.id}?offset=${received}`, {
      method: "PUT", headers: headers(own ? { "X-Digest": own } : {}), body: piece,
    });
    received = told.received;
    shown(received / file.size);
  }
  return begun.id;
}

function enliven(box) {
  const form = box.closest("form");
  const choice = form.querySelector("input[type=file]");
  const list = box.querySelector("[data-files]");
  let sending = false;
  form.addEventListener("submit", async (event) => {
    if (choice.files.length === 0 || sending) { if (sending) event.preventDefault(); return; }
    event.preventDefault();
    if (!form.reportValidity()) return;
    sending = true;
    box.hidden = false;
    list.replaceChildren();
    for (const old of form.querySelectorAll("input[name=upload]")) old.remove();
    try {
      for (const file of choice.files) {
        const line = document.createElement("li");
        const name = document.createElement("span");
        const bar = document.createElement("progress");
        name.textContent = file.name;
        bar.max = 1;
        bar.setAttribute("aria-label", file.name);
        line.append(name, " ", bar);
        list.append(line);
        const id = await send(box, file, (share) => {
          bar.value = share;
          name.textContent = `${file.name} · ${Math.floor(share * 100)} %`;
        });
        const kept = document.createElement("input");
        Object.assign(kept, { type: "hidden", name: "upload", value: id });
        form.append(kept);
      }
    } catch (error) {
      const told = box.querySelector("[data-stopped-words]");
      told.textContent = error instanceof Stopped && error.message ? error.message : box.dataset.stopped;
      told.hidden = false;
      sending = false;
      return;
    }
    choice.disabled = true;
    form.submit();
  });
  form.dataset.uploads = "ready";
}

for (const box of document.querySelectorAll("[data-uploads]")) enliven(box);
