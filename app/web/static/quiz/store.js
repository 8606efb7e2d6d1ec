// Answers that the server has not confirmed yet, on this device only. A key under "draft:" is
// removed with all drafts when she signs out.
export class Store {
  constructor(person, attempt) {
    this.prefix = `draft:quiz:${person}:${attempt}:`;
    this.memory = new Map();  // where a browser keeps nothing, this page at least does
  }

  get(question) {
    try {
      return JSON.parse(localStorage.getItem(this.prefix + question)) ?? this.memory.get(question) ?? null;
    } catch {
      return this.memory.get(question) ?? null;
    }
  }

  set(question, value) {
    this.memory.set(question, value);
    try { localStorage.setItem(this.prefix + question, JSON.stringify(value)); } catch { /* full or forbidden */ }
  }

  remove(question) {
    this.memory.delete(question);
    try { localStorage.removeItem(this.prefix + question); } catch { /* forbidden */ }
  }

  all() {
    let keys = [];
    try { keys = Object.keys(localStorage); } catch { /* forbidden */ }
    return keys.filter((key) => key.startsWith(this.prefix))
      .map((key) => [key.slice(this.prefix.length), this.get(key.slice(this.prefix.length))]);
  }
}
