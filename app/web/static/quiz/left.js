// After an attempt: answers that never arrived, or arrived too late, stay visible to her.
import { Store } from "./store.js";

const box = document.querySelector("[data-quiz-left]");
const store = new Store(box.dataset.quizPerson, box.dataset.quizLeft);
const left = store.all().filter(([, kept]) => kept);

for (const [question, kept] of left) {
  const line = document.createElement("li");
  const title = document.getElementById(`title-${question}`)?.firstChild?.textContent.trim() ?? question;
  line.textContent = `${title}: ${kept.words || "–"}`;
  box.querySelector("[data-quiz-left-list]").append(line);
}
box.hidden = left.length === 0;
box.querySelector("[data-quiz-left-clear]").addEventListener("click", () => {
  for (const [question] of left) store.remove(question);
  box.hidden = true;
});
