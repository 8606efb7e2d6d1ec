// One question: reads and writes its fields, and saves its answer. What is typed is kept on this
// device until the server has confirmed it.
import { enhance } from "../questions/questions.js";

const REST_MS = 700;

export class Question {
  constructor(section, quiz) {
    this.section = section;
    this.quiz = quiz;
    this.id = section.dataset.quizQuestion;
    this.prefix = section.dataset.prefix;
    this.revision = Number(section.dataset.revision);
    this.note = section.querySelector("[data-quiz-note]");
    this.pending = null;
    if (section.dataset.kind === "file") return;
    section.addEventListener("input", () => this.typed());
    section.addEventListener("change", () => this.typed());
    this.restore();
  }

  controls() {
    return [...this.section.querySelectorAll("input, select, textarea")]
      .filter(({ name, type }) => type !== "file" && (name === this.prefix || name.startsWith(`${this.prefix}.`)));
  }

  fields() {
    return this.controls().filter(({ type, checked }) => !["radio", "checkbox"].includes(type) || checked)
      .map(({ name, value }) => [name, value]);
  }

  // The answer in words, for her alone, should it never arrive.
  words() {
    return this.controls().map((field) => {
      if (["radio", "checkbox"].includes(field.type)) return field.checked ? field.closest("label")?.textContent.trim() : "";
      if (field.type === "hidden") return "";
      return field.tagName === "SELECT" ? (field.value && field.selectedOptions[0]?.textContent) : field.value.trim();
    }).filter(Boolean).join("; ");
  }

  write(fields) {
    for (const field of this.controls()) {
      const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
  }

  restore() {
    const kept = this.quiz.store.get(this.id);
    if (!kept) return;
    if (JSON.stringify(kept.fields) === JSON.stringify(this.fields())) return this.quiz.store.remove(this.id);
    this.write(kept.fields);
    this.pending = { ...kept, late: false };
  }

  typed(wait = REST_MS) {
    this.pending = { fields: this.fields(), base: this.pending?.base ?? this.revision, typed: Date.now(), words: this.words() };
    this.quiz.store.set(this.id, this.pending);
    this.quiz.show();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  // Send what is pending; one request at a time.
  save() {
    clearTimeout(this.timer);
    this.saving ??= this.send().finally(() => { this.saving = null; });
    return this.saving;
  }

  async send() {
    while (this.pending && !this.pending.late) {
      const sent = this.pending;
      const body = new FormData();
      for (const [name, value] of sent.fields) body.append(name, value);
      body.set("base", sent.base);
      body.set("age", Math.max(0, Date.now() - sent.typed));
      const answer = await this.quiz.post(`/answers/${this.id}`, body);
      if (!answer) return;  // no connection: it stays pending
      await this.received(sent, answer);
    }
  }

  async received(sent, { status, data }) {
    const code = data.error?.code;
    if (status === 200) {
      this.known(data.revision, data.answered);
      this.tell(data.replaced ? this.quiz.text.textReplaced : "");
      this.quiz.channel?.postMessage({ question: this.id, revision: data.revision });
      if (this.pending === sent) this.done();
      else this.pending.base = data.revision;
    } else if (code === "newer") {
      if (this.pending === sent) {
        this.done();
        await this.fetch(this.quiz.text.textNewer);
      } else this.pending.base = data.revision;
    } else if (code === "over") {
      this.pending = { ...this.pending, late: true };
      this.quiz.store.set(this.id, this.pending);
      this.tell(data.error.message || this.quiz.text.textLate, "bad");
      this.quiz.over = true;
    } else {
      // The server understood and refused: sending it again would not help.
      this.pending = { ...this.pending, late: true };
      this.tell(data.error?.message ?? this.quiz.text.textBad, "bad");
    }
    this.quiz.show();
  }

  done() {
    this.pending = null;
    this.quiz.store.remove(this.id);
    this.quiz.show();
  }

  known(revision, answered) {
    this.revision = revision;
    const base = this.section.querySelector(`[name="${CSS.escape(`base-${this.id}`)}"]`);
    if (base) base.value = revision;
    this.quiz.mapped(this.id, answered);
  }

  // Show what another window has saved.
  async fetch(words) {
    const answer = await this.quiz.get(`/answers/${this.id}`);
    if (answer?.status !== 200 || this.pending) return;
    const part = this.section.querySelector("[data-quiz-fields]");
    const focused = part.contains(document.activeElement);
    part.innerHTML = answer.data.html;
    enhance(part);
    this.known(answer.data.revision, answer.data.answered);
    this.tell(words);
    if (focused) this.section.focus({ preventScroll: true });
  }

  tell(words, tone = "") {
    this.note.textContent = words;
    this.note.dataset.tone = tone;
  }
}
