/* An author tries a lab as a student before it is published: graded by the draft, counting nowhere. */
import { CHINESE } from './author.zh.js';
import { OUTCOMES } from './results.js';

const TRIAL = /^trial\/([a-z0-9][a-z0-9-]*)\/([a-z0-9][a-z0-9-]*)\/[^/]/;
const LOOK_AGAIN = 700; // ms
const UNFINISHED = ['waiting', 'running'];

const number = (value) => String(Math.round(value * 100) / 100);

/* {course, lab, folder} of a document of a trial, or null. */
export function trialOf(path) {
  const found = TRIAL.exec((path ?? '').replace(/^[^/]*:/, ''));
  return found && { course: found[1], lab: found[2], folder: `trial/${found[1]}/${found[2]}` };
}

export function trials(app, shared) {
  const say = shared.speaker(CHINESE);
  const words = shared.say; // of outcomes, as students read them
  const { element, replace } = shared;
  const place = shared.section('trial', say('Lab trial'), 6);
  const head = element('div');
  const acts = element('div', { className: 'banyan-acts' });
  const status = element('p', { className: 'banyan-status', role: 'status', 'aria-live': 'polite' });
  const outcome = element('div');
  place.append(head, acts, status, outcome);
  place.hidden = true;

  const known = new Map(); // by folder: {check, busy}
  let trial = null;
  const mine = () => known.get(trial.folder);

  function draw() {
    place.hidden = !trial;
    if (!trial) return;
    const { check, busy } = mine();
    const waits = UNFINISHED.includes(check?.state);
    replace(
      head,
      element('h2', {}, say('Trial of %(lab)s', trial)),
      element('p', {}, say('This is what students would get. It is graded by the source that it was made of, and counts nowhere.')),
    );
    replace(
      acts,
      element('button', {
        type: 'button', className: 'jp-mod-styled jp-mod-accept', 'data-key': 'grade', disabled: Boolean(busy || waits), onclick: grade,
      }, say('Grade my trial')),
    );
    replace(outcome, check && result(check));
  }

  function result(check) {
    if (UNFINISHED.includes(check.state)) {
      const said = check.state === 'waiting' ? say('Waiting for a worker …') : say('It is being graded …');
      return [element('p', {}, said), element('div', { className: 'banyan-progress', 'aria-hidden': 'true' })];
    }
    if (check.state === 'refused') return [element('p', { className: 'banyan-notice banyan-warn' }, check.refusal)];
    return check.result.flatMap((notebook) => [
      element('h3', {}, notebook.name, ' ', element('span', { className: 'banyan-total' }, points(notebook))),
      notebook.reason && element('p', { className: 'banyan-notice banyan-warn' }, notebook.reason),
      element('ol', { className: 'banyan-cells', 'aria-label': notebook.name }, notebook.cells.map((each) => cell(notebook, each))),
    ]);
  }

  const points = ({ score, max_score: most }) => words('%(score)s of %(max)s points', { score: number(score), max: number(most) });

  function cell(notebook, one) {
    const [tone, sign, word] = OUTCOMES[one.outcome] ?? OUTCOMES.waiting;
    return element(
      'li',
      { className: `banyan-cell banyan-edge-${tone}` },
      element('button', { type: 'button', className: 'banyan-go', onclick: () => goTo(notebook.name, one.grade_id) }, one.grade_id), ' ',
      element('span', { className: `banyan-tag banyan-${tone}` }, element('span', { 'aria-hidden': 'true' }, `${sign} `), words(word)),
      one.score === null ? null : element('span', { className: 'banyan-points' }, points(one)),
      one.message && element('p', { className: 'banyan-said' }, one.message),
      one.hint && element('p', {}, element('strong', {}, words('Hint:')), ` ${one.hint}`),
      one.staff_message && element('p', { className: 'banyan-small' }, element('strong', {}, say('For you, not for students:')), ` ${one.staff_message}`),
    );
  }

  async function goTo(notebook, gradeId) {
    const panel = await app.commands.execute('docmanager:open', { path: `${trial.folder}/${notebook}.ipynb` });
    await panel.revealed;
    await panel.context.ready;
    const index = panel.content.widgets.findIndex((each) => each.model.getMetadata('nbgrader')?.grade_id === gradeId);
    app.shell.activateById(panel.id);
    if (index < 0) return;
    panel.content.activeCellIndex = index;
    await panel.content.scrollToItem(index, 'center');
    panel.content.node.focus();
  }

  async function grade() {
    const asked = trial;
    const entry = known.get(asked.folder);
    if (entry.busy) return;
    entry.busy = true;
    status.textContent = say('Saving …');
    draw();
    try {
      for (const one of app.shell.widgets('main')) {
        if (one.context?.path?.startsWith(`${asked.folder}/`) && one.context.model.dirty) await one.context.save();
      }
      status.textContent = '';
      entry.check = await shared.ask('author', { method: 'POST', query: { course: asked.course, lab: asked.lab, act: 'grade' } });
      follow(asked, entry);
    } catch (error) {
      status.textContent = error instanceof shared.Trouble && error.message && !error.isAway
        ? error.message
        : say('That did not work: %(words)s. Your files are as they were.', { words: error.message || error.status || '?' });
    } finally {
      entry.busy = false;
      if (asked === trial) draw();
    }
  }

  async function follow(asked, entry) {
    while (UNFINISHED.includes(entry.check.state)) {
      await new Promise((done) => { setTimeout(done, LOOK_AGAIN); });
      try {
        entry.check = await shared.ask('author', { query: { check: entry.check.id } });
      } catch (error) {
        if (!error.isAway) throw error;
      }
      if (asked === trial) draw();
    }
    if (asked !== trial || entry.check.state !== 'tried') return;
    const sum = (name) => entry.check.result.reduce((total, one) => total + one[name], 0);
    status.textContent = words('Graded: %(words)s', { words: points({ score: sum('score'), max_score: sum('max_score') }) });
  }

  const look = () => {
    if (!app.shell.currentWidget?.context) return;
    const found = trialOf(app.shell.currentWidget.context.path);
    if (found?.folder === trial?.folder) return;
    trial = found;
    status.textContent = '';
    if (trial && !known.has(trial.folder)) known.set(trial.folder, {});
    draw();
  };
  app.shell.currentChanged?.connect(look);
  shared.tracker.currentChanged.connect(look);
  app.restored.then(look);
}
