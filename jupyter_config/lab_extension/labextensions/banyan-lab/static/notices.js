/* What operators have to say while somebody works: maintenance, or that her server is stopped.
 * Shown until it is over; files are saved when a notice asks for it.
 */
const EVERY = 15000; // ms; an operator's stop waits twice as long

export function activate(app, shared) {
  const { Notification } = shared.modules.apputils;
  const shown = new Map(); // notice id: {toast, text}
  const saved = new Set();

  async function look() {
    let notices;
    try {
      ({ notices } = await shared.ask('notices'));
    } catch (error) {
      if (error instanceof shared.Trouble) return; // she learns nothing new now
      throw error;
    }
    const current = new Set(notices.map((notice) => notice.id));
    for (const [id, { toast }] of shown) {
      if (current.has(id)) continue;
      Notification.dismiss(toast);
      shown.delete(id);
      saved.delete(id);
    }
    for (const notice of notices) show(notice);
  }

  function show({ id, text, save }) {
    const known = shown.get(id);
    if (!known) {
      shown.set(id, { text, toast: Notification.warning(text, { autoClose: false }) });
    } else if (known.text !== text) {
      Notification.update({ id: known.toast, message: text, type: 'warning', autoClose: false });
      known.text = text;
    }
    if (save && !saved.has(id)) {
      saved.add(id);
      shared.saveAll();
    }
  }

  app.restored.then(look);
  setInterval(() => { if (!document.hidden) look(); }, EVERY);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
}
