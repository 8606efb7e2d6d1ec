// An attempt at a quiz: answers save themselves, a lost connection or a closed laptop costs
// nothing, and the clock is the server's. Without this the page has buttons that do the same.
import { Question } from "./question.js";
import { Store } from "./store.js";

const AGAIN_MS = 4000;
const SYNC_MS = 45000;
const SAID_AT_MINUTES = [60, 30, 15, 10, 5, 2, 1];

class Quiz {
  constructor(bar) {
    this.bar = bar;
    this.text = bar.dataset;
    this.url = bar.dataset.quizUrl;
    this.form = document.querySelector("[data-quiz-form]");
    this.state = bar.querySelector("[data-quiz-state]");
    this.clock = bar.querySelector("[data-quiz-clock]");
    this.store = new Store(bar.dataset.quizPerson, bar.dataset.quiz);
    this.channel = window.BroadcastChannel && new BroadcastChannel(`quiz:${bar.dataset.quiz}`);
    this.lost = this.signedOut = this.over = false;
    this.timed(bar.dataset.quizNow, bar.dataset.quizDeadline);
    this.questions = [...document.querySelectorAll("[data-quiz-question]")].map((part) => new Question(part, this));
    this.channel?.addEventListener("message", ({ data }) => this.elsewhere(data.question, data.revision));
    this.form.addEventListener("submit", (event) => this.submitted(event));
    addEventListener("online", () => this.back());
    addEventListener("pageshow", ({ persisted }) => persisted && this.back());
    document.addEventListener("visibilitychange", () => document.hidden || this.back());
    setInterval(() => this.flush(), AGAIN_MS);
    setInterval(() => this.sync(), SYNC_MS);
    setInterval(() => this.tick(), 1000);
    this.hider();
    this.tick();
    this.show();
    this.flush();
  }

  // The server's clock, whatever this device's says.
  timed(now, deadline) {
    this.skew = Date.parse(now) - Date.now();
    this.deadline = deadline ? Date.parse(deadline) : null;
  }

  get token() { return this.form.elements.csrf_token?.value ?? ""; }

  async post(path, body) { return this.ask(path, { method: "POST", body, headers: { "X-CSRFToken": this.token } }); }
  async get(path) { return this.ask(path, {}); }

  // The answer as {status, data}; null when there is no connection or nobody is signed in.
  async ask(path, options) {
    try {
      const response = await fetch(this.url + path, { credentials: "same-origin", cache: "no-store", ...options });
      this.signedOut = response.status === 401
        || (response.redirected && new URL(response.url).pathname.startsWith("/sign-in"));
      // A server that is being restarted answers later: the same as no connection.
      this.lost = response.status >= 500 || response.status === 429;
      if (this.signedOut || this.lost) return null;
      const data = await response.json().catch(() => ({}));
      if (response.status === 400 && !data.error) {
        await this.sync();  // the form's token has grown old
        return null;
      }
      return { status: response.status, data };
    } catch {
      this.lost = true;
      return null;
    } finally {
      this.show();
    }
  }

  get pending() { return this.questions.filter(({ pending }) => pending && !pending.late); }

  async flush() {
    await Promise.all(this.pending.map((question) => question.save()));
    return this.pending.length === 0;
  }

  async back() {
    await this.sync();
    await this.flush();
  }

  async sync() {
    const answer = await this.get("/state");
    if (answer?.status !== 200) return;
    const { now, deadline, over, revisions, token } = answer.data;
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
    this.timed(now, deadline);
    if (over) {
      this.over = true;
      await this.flush();
      return this.leave();
    }
    for (const [id, revision] of Object.entries(revisions)) this.elsewhere(id, revision);
  }

  elsewhere(id, revision) {
    const question = this.questions.find((one) => one.id === id);
    if (!question || question.pending || question.saving || question.revision >= revision) return;
    if (question.section.dataset.kind === "file") return;
    question.fetch(this.text.textNewer);
  }

  show() {
    const [kind, words] = this.signedOut ? ["lost", this.text.textSignedOut]
      : this.pending.length && this.lost ? ["lost", this.text.textLost]
      : this.pending.length ? ["unsaved", this.text.textUnsaved]
      : this.lost ? ["lost", this.text.textLost] : ["saved", this.text.textSaved];
    if (this.state.dataset.quizState === kind) return;
    this.state.dataset.quizState = kind;
    this.state.textContent = words;
    if (kind === "lost") this.say(words);
  }

  say(words) { this.bar.querySelector("[data-quiz-says]").textContent = words; }

  mapped(id, answered) {
    const link = document.querySelector(`[data-quiz-goes="${CSS.escape(id)}"]`);
    if (!link) return;
    link.toggleAttribute("data-answered", answered);
    link.querySelector("span").textContent = ` (${answered ? this.text.textAnswered : this.text.textOpen})`;
  }

  tick() {
    if (this.deadline === null || !this.clock) return;
    const left = Math.max(0, Math.ceil((this.deadline - Date.now() - this.skew) / 1000));
    const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    const two = (number) => String(number).padStart(2, "0");
    this.clock.textContent = hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
    this.bar.classList.toggle("is-short", left <= 60);
    const mark = SAID_AT_MINUTES.find((one) => left <= one * 60 && left > one * 60 - 5);
    if (mark && mark !== this.said) {
      this.said = mark;
      this.say(mark === 1 ? this.text.textMinute : this.text.textMinutes.replace("{n}", mark));
    }
    if (left === 0 && !this.ending) this.end();
  }

  // The clock is at zero: what is under way is sent, and the server ends the attempt, unless she
  // was given more time meanwhile. Again every few seconds while there is no connection.
  async end() {
    this.ending = true;
    this.state.dataset.quizState = "over";
    this.state.textContent = this.text.textOver;
    this.say(this.text.textOver);
    await this.flush();
    const body = new FormData();
    body.set("by", "clock");
    const answer = this.lost ? null : await this.post("/submission", body);
    if (answer?.data.over || this.over) return this.leave();
    if (answer?.data.deadline) this.timed(answer.data.now, answer.data.deadline);
    setTimeout(() => { this.ending = false; }, AGAIN_MS);
  }

  leave() { location.assign(this.url); }

  async submitted(event) {
    if (this.going) return;
    event.preventDefault();
    const button = event.submitter;
    const files = [...this.form.querySelectorAll("input[type=file]")].some(({ value }) => value);
    if (this.lost) await this.sync();  // perhaps it is back
    const saved = await this.flush();
    if (!saved || this.lost) {
      this.state.dataset.quizState = "lost";
      this.state.textContent = this.signedOut ? this.text.textSignedOut : this.text.textOfflineHandIn;
      this.say(this.state.textContent);
      this.bar.scrollIntoView({ block: "nearest" });
      return;
    }
    if (button?.value === "save" && !files) return this.say(this.text.textSaved);
    if (button?.value === "review" && !files) return location.assign(`${this.url}/review`);
    this.going = true;
    this.form.requestSubmit(button);
  }

  hider() {
    if (!this.clock) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet small";
    button.textContent = this.text.textHide;
    button.addEventListener("click", () => {
      this.clock.hidden = !this.clock.hidden;
      button.textContent = this.clock.hidden ? this.text.textShow : this.text.textHide;
    });
    this.clock.after(button);
  }
}

new Quiz(document.querySelector("[data-quiz]"));
