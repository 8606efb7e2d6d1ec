/* One lab as the site knows it; asked again while a grading runs, and now and then. */
const LIVE_MS = 50; // her server answers when there is news, so this is no haste
const IDLE_MS = 60_000;
const AWAY_MS = 5000;

export class LabStore {
  constructor(lab, shared) {
    this.lab = lab;
    this.state = null;
    this.trouble = null;
    this.validation = null;
    this._shared = shared;
    this._heard = [];
    this._timer = 0;
    this._asking = null;
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this._isShown()) this.refresh();
    });
  }

  onChange(heard) {
    this._heard.push(heard);
  }

  /* Whether this folder is a lab of hers, as far as is known: it may be, until the site says no. */
  get isKnown() {
    return this.state !== null || (this.trouble !== null && this.trouble.status !== 404);
  }

  /* Ask the site now. One question at a time: who asks meanwhile gets the next answer. */
  refresh() {
    this._again = Boolean(this._asking);
    this._asking ??= this._ask().finally(() => {
      this._asking = null;
      if (this._again) this.refresh();
    });
    return this._asking;
  }

  async _ask() {
    clearTimeout(this._timer);
    const before = this.state;
    const seen = this._waits ? before.newest.state : null;
    this._waits = false;
    try {
      const { course, assignment } = this.lab;
      this.state = await this._shared.ask('panel', {
        query: { course_id: course, assignment_id: assignment, ...(seen ? { seen } : {}) },
      });
      this.trouble = null;
    } catch (error) {
      this.trouble = error;
      if (!error.isAway) this.state = null;
    }
    const wasLive = before?.newest?.is_live && before.newest;
    const now = this.state?.newest;
    const isFinished = Boolean(wasLive && now && now.number === wasLive.number && !now.is_live);
    this._heard.forEach((heard) => heard({ isFinished }));
    this._timer = setTimeout(() => this.refreshIfShown(), this._pause());
  }

  refreshIfShown() {
    this._waits = Boolean(!this.trouble && this.state?.newest?.is_live);
    if (this._isShown()) this.refresh();
    else this._timer = setTimeout(() => this.refreshIfShown(), IDLE_MS);
  }

  _isShown() {
    return !document.hidden && this._shared.lab()?.folder === this.lab.folder;
  }

  _pause() {
    if (this.trouble) return this.trouble.isAway ? AWAY_MS : IDLE_MS;
    return this.state.newest?.is_live ? LIVE_MS : IDLE_MS;
  }
}
