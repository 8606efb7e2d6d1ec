// What the parts of the editor share: its words, its address and how it speaks to the server.
export const root = document.querySelector(".editor");
export const text = root.dataset;
export const slug = root.dataset.editor;

const token = () => document.querySelector("input[name=csrf_token]")?.value ?? "";

// Words with %(name)s in them, as the server writes them.
export function fill(words, values) {
  return words.replace(/%\((\w+)\)s/g, (_all, name) => values[name] ?? "");
}

export class SignedOut extends Error {}

// POST as the editor. A redirect means that the session has ended.
export async function send(address, body, headers = {}) {
  const response = await fetch(address, {
    method: "POST",
    body,
    credentials: "same-origin",
    headers: { "X-Requested-With": "editor", "X-CSRFToken": token(), ...headers },
  });
  if (response.redirected || response.status === 401) throw new SignedOut();
  return response;
}
