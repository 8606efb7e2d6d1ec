// A part of the page that follows the server:
//   <div data-live-refresh="/fragment" data-live-url="/events" data-live-events="message progress">
// On any event, and when the stream is lost every three seconds, the fragment is fetched again and
// put in place. A fragment that contains [data-live-done] ends it; one with
// [data-live-go="/address"] moves the browser on, which is how a lab opens.
const POLL_MS = 3000;
const REST_MS = 150;
const text = document.body.dataset;

class LivePart {
  constructor(element) {
    this.element = element;
    this.busy = false;
    this.again = false;
    this.failures = 0;
    this.html = element.innerHTML;
    if (!this.finished()) this.listen();
  }

  listen() {
    const { liveUrl, liveEvents } = this.element.dataset;
    if (!liveUrl || !window.EventSource) return this.poll();
    this.source = new EventSource(liveUrl);
    const refresh = () => this.refresh();
    for (const name of (liveEvents || "message").split(/\s+/)) this.source.addEventListener(name, refresh);
    // What happened between the page and the stream would be missed without this.
    this.source.addEventListener("open", refresh);
    this.source.addEventListener("error", () => {
      if (this.source?.readyState !== EventSource.CLOSED) return;
      this.source = null;
      this.poll();
    });
  }

  poll() {
    this.timer ??= setInterval(() => this.refresh(), POLL_MS);
  }

  stop() {
    this.source?.close();
    clearInterval(this.timer);
    this.stopped = true;
  }

  finished() {
    const go = this.element.querySelector("[data-live-go]");
    if (go) location.assign(go.dataset.liveGo);
    if (!go && !this.element.querySelector("[data-live-done]")) return false;
    this.stop();
    return true;
  }

  async refresh() {
    if (this.stopped) return;
    if (this.busy) { this.again = true; return; }
    this.busy = true;
    try {
      const response = await fetch(this.element.dataset.liveRefresh, {
        headers: { "X-Requested-With": "live" }, credentials: "same-origin", cache: "no-store",
      });
      // A redirect means that the session has ended: the whole page has to say so.
      if (response.redirected) return location.reload();
      if (!response.ok) throw new Error(String(response.status));
      this.swap(await response.text());
      this.failures = 0;
      this.finished();
    } catch {
      this.failures += 1;
      if (this.failures >= 2) this.say(text.textLiveLost);
      if (!this.source) this.poll();
      else this.again = true;
    } finally {
      setTimeout(() => {
        this.busy = false;
        if (!this.again) return;
        this.again = false;
        this.refresh();
      }, this.failures ? POLL_MS : REST_MS);
    }
  }

  swap(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    this.element.querySelector(":scope > .live-lost")?.remove();
    if (fresh.innerHTML === this.html) return;
    this.html = fresh.innerHTML;
    const focused = this.element.contains(document.activeElement) && document.activeElement.id;
    const open = [...this.element.querySelectorAll("details[open][id]")].map((part) => part.id);
    this.element.replaceChildren(fresh.content);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    window.htmx?.process(this.element);
  }

  say(message) {
    let line = this.element.querySelector(":scope > .live-lost");
    if (!line) {
      line = document.createElement("p");
      line.className = "live-status live-lost";
      line.setAttribute("role", "status");
      this.element.append(line);
    }
    line.textContent = message;
  }
}

function start(root) {
  for (const element of root.querySelectorAll("[data-live-refresh]:not([data-live-started])")) {
    element.dataset.liveStarted = "";
    new LivePart(element);
  }
}

start(document);
document.addEventListener("htmx:afterSettle", () => start(document));
