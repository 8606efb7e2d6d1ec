/* The side of people who write courses: check a lab's source, publish it, try it as a student.
 * And for everybody: the way to what is kept of a lab's folder.
 */
import { trials } from './author.trial.js';
import { CHINESE } from './author.zh.js';

const WORK = 'banyan-lab:work';
const CHECK = 'banyan-lab:check';
const LOOK_AGAIN = 700; // ms
const UNFINISHED = ['waiting', 'running'];
const SOURCE = /^source\/([a-z0-9][a-z0-9-]*)\/([a-z0-9][a-z0-9-]*)\/[^/]/;

export function activate(app, shared) {
  const say = shared.speaker(CHINESE);
  author(app, shared, say);
  trials(app, shared);
  kept(app, shared, say);
}

/* {course, lab, folder} of a document of a source, or null. */
function sourceOf(path) {
  const found = SOURCE.exec((path ?? '').replace(/^[^/]*:/, ''));
  return found && { course: found[1], lab: found[2], folder: `source/${found[1]}/${found[2]}` };
}

function author(app, shared, say) {
  const { element, replace } = shared;
  const place = shared.section('author', say('Publish this lab'), 5);
  const head = element('div');
  const acts = element('div', { className: 'banyan-acts' });
  const status = element('p', { className: 'banyan-status', role: 'status', 'aria-live': 'polite' });
  const outcome = element('div');
  place.append(head, acts, status, outcome);
  place.hidden = true;

  const known = new Map(); // by folder: {state, check, note}
  let source = null;
  const mine = () => known.get(source.folder);

  async function refresh() {
    const asked = source;
    try {
      const state = await shared.ask('author', { query: { course: asked.course, lab: asked.lab } });
      known.set(asked.folder, { note: '', ...known.get(asked.folder), state });
    } catch (error) {
      if (!known.has(asked.folder)) known.set(asked.folder, { note: '', state: null, trouble: error });
    }
    if (asked === source) draw();
  }

  function draw() {
    const { state, check, note, trouble } = mine();
    place.hidden = !state && trouble?.status === 404;
    if (place.hidden) return;
    const busy = Boolean(mine().busy) || UNFINISHED.includes(check?.state);
    const isPublished = !state || state.version > 0;
    const isOld = state && isPublished && (state.base ?? 0) !== state.version;
    replace(
      head,
      element('h2', {}, state?.title ?? source.lab),
      element('p', {}, state
        ? !isPublished ? say('%(course)s · not published yet', { course: state.course_title }) : say('%(course)s · newest version %(version)s · yours began from %(base)s', { course: state.course_title, version: state.version, base: state.base ?? '–' })
        : say('The course site does not answer. You can go on writing; check and publish later.')),
      isOld && element('div', { className: 'banyan-notice banyan-warn' },
        element('p', {}, say('Version %(version)s was published since you began.', state)),
        element('button', { type: 'button', className: 'jp-mod-styled', 'data-key': 'fetch', disabled: busy, onclick: () => act('fetch') }, say('Fetch it beside mine'))),
    );
    replace(
      acts,
      button('check', say('Check'), busy),
      button('trial', say('Test as a student'), busy),
      !isPublished && button('draft', say('Keep it in the course’s draft'), busy, 'jp-mod-accept'),
      !isPublished && button('fetch', say('Fetch the draft beside mine'), busy),
      isPublished && element('label', { className: 'banyan-wide' }, say('What is new in this version?'),
        element('input', {
          type: 'text', name: 'note', maxlength: '500', value: note, 'data-key': 'note', disabled: busy,
          oninput: (event) => { mine().note = event.target.value; },
        })),
      isPublished && button('publish', say('Check and publish'), busy || isOld, 'jp-mod-accept'),
    );
    replace(outcome, check && result(check));
  }

  function button(name, label, disabled, kind = '') {
    return element('button', {
      type: 'button', className: `jp-mod-styled ${kind}`, 'data-key': name, disabled: Boolean(disabled), onclick: () => act(name),
    }, label);
  }

  function result(check) {
    const words = {
      waiting: say('Waiting for a worker …'),
      running: say('Step %(done)s of %(total)s …', check),
      sound: say('Nothing is wrong: the solution got all points in every run.'),
      wrong: say('Nothing was published. This has to be put right:'),
      refused: check.refusal ?? '',
      published: say('Published as version %(version)s. Sections stay on their version until you move them.', check),
    }[check.state];
    if (check.state === 'wrong' && !check.publishes) return [element('p', {}, say('This has to be put right:')), found(check)];
    return [
      element('p', { className: check.state === 'refused' ? 'banyan-notice banyan-warn' : '' }, words),
      UNFINISHED.includes(check.state) && element('progress', { max: String(check.total), value: String(check.done), 'aria-label': say('Check') }),
      check.draft_differs && element('p', { className: 'banyan-notice banyan-warn' }, say('The course’s draft in the editor has another state of this lab. It was left alone: look at it before you publish the course there.')),
      found(check),
    ].filter(Boolean);
  }

  function found(check) {
    if (!check.findings?.length) return null;
    return element('ul', { className: 'banyan-cells' }, check.findings.map((one) =>
      element('li', { className: `banyan-cell banyan-edge-${one.is_wrong ? 'bad' : 'warn'}` },
        element('strong', {}, one.is_wrong ? say('To put right') : say('To look at')), ' ',
        one.cell && element('button', { type: 'button', className: 'banyan-go', onclick: () => goTo(one) }, one.cell), ' ',
        element('span', {}, one.sentence))));
  }

  async function goTo({ notebook, cell }) {
    if (!notebook) return;
    const panel = await app.commands.execute('docmanager:open', { path: `${source.folder}/${notebook}.ipynb` });
    await panel.revealed;
    await panel.context.ready;
    const number = /^#(\d+)$/.exec(cell);
    const index = number ? Number(number[1]) - 1
      : panel.content.widgets.findIndex((each) => each.model.getMetadata('nbgrader')?.grade_id === cell);
    app.shell.activateById(panel.id);
    if (index < 0 || index >= panel.content.widgets.length) return;
    panel.content.activeCellIndex = index;
    await panel.content.scrollToItem(index, 'center');
    panel.content.node.focus();
  }

  async function act(name) {
    const asked = source;
    const entry = known.get(asked.folder);
    if (entry.busy || UNFINISHED.includes(entry.check?.state)) return;
    entry.busy = true;
    status.textContent = say('Saving …');
    draw();
    try {
      await save(asked.folder);
      status.textContent = '';
      const answer = await shared.ask('author', { method: 'POST', query: { course: asked.course, lab: asked.lab, act: name, note: entry.note } });
      if (name === 'trial' || name === 'fetch') {
        status.textContent = say('In %(folder)s', answer);
        await app.commands.execute('docmanager:open', { path: answer.path });
      } else if (name === 'draft') {
        status.textContent = say('Kept in the draft. Publish the course in the editor.');
      } else {
        entry.check = answer;
        follow(asked, entry);
      }
    } catch (error) {
      status.textContent = error instanceof shared.Trouble && error.message && !error.isAway
        ? error.message
        : say('That did not work: %(words)s. Your files are as they were.', { words: error.message || error.status || '?' });
    } finally {
      entry.busy = false;
      if (asked === source) draw();
      if (name === 'fetch') refresh();
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
      if (asked === source) draw();
    }
    if (asked === source) {
      status.textContent = { published: say('Published'), sound: say('Nothing is wrong') }[entry.check.state] ?? say('Look at what was found');
      if (entry.check.state === 'published') {
        entry.note = '';
        refresh();
      }
    }
  }

  async function save(folder) {
    const open = [...app.shell.widgets('main')].filter((one) => one.context?.path?.startsWith(`${folder}/`));
    for (const one of open) if (one.context.model.dirty) await one.context.save();
  }

  const look = () => {
    const found = sourceOf(app.shell.currentWidget?.context?.path);
    if (!app.shell.currentWidget?.context || found?.folder === source?.folder) return;
    source = found;
    status.textContent = '';
    place.hidden = true;
    if (source) refresh();
  };
  app.shell.currentChanged?.connect(look);
  shared.tracker.currentChanged.connect(look);
  app.restored.then(look);
  app.commands.addCommand(CHECK, {
    label: say('Check the source of this lab'),
    isEnabled: () => Boolean(source && known.has(source.folder)),
    execute: () => {
      shared.showPanel();
      return act('check');
    },
  });
  shared.palette?.addItem({ command: CHECK, category: say('Lab') });
}

/* A link from every lab to its submissions, earlier states and starting over. */
function kept(app, shared, say) {
  const { element, replace } = shared;
  const place = shared.section('kept', say('What is kept'), 90);
  place.hidden = true;
  const address = (lab) => {
    const { baseUrl } = shared.modules.services.ServerConnection.makeSettings();
    const found = new URL('banyan/work', baseUrl);
    if (lab) {
      found.searchParams.set('course_id', lab.course);
      found.searchParams.set('assignment_id', lab.assignment);
    }
    found.searchParams.set('locale', shared.locale);
    return found.href;
  };
  shared.onLab((lab) => {
    place.hidden = !lab;
    if (lab) replace(place, element('p', {}, element('a', { href: address(lab) }, say('Earlier states, submissions, start over'))));
  });
  app.commands.addCommand(WORK, {
    label: say('Earlier states of my files'),
    execute: () => window.open(address(shared.lab()), '_blank', 'noopener'),
  });
  shared.palette?.addItem({ command: WORK, category: say('Lab') });
}
