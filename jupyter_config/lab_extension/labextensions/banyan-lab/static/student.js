/* The student's side: what is due, validate, submit, and the result cell by cell. */
import { LabStore } from './store.js';
import { results } from './results.js';
import { handIn } from './submitting.js';
import { dueWords, terms } from './terms.js';
import { validation } from './validation.js';

const VALIDATE = 'banyan-lab:validate';
const SUBMIT = 'banyan-lab:submit';

export function activate(app, shared) {
  const { element, replace, say } = shared;
  const place = shared.section('student', say('Lab'), 10);
  const parts = {
    head: element('div'),
    acts: element('div', { className: 'banyan-acts' }),
    status: element('p', { className: 'banyan-status', role: 'status', 'aria-live': 'polite' }),
    submit: element('div'),
    validation: element('div'),
    results: element('div'),
  };
  place.append(...Object.values(parts));
  place.hidden = true;

  const stores = new Map();
  let store = null;

  const context = {
    app,
    shared,
    say,
    parts,
    store: () => store,
    tell(words) {
      parts.status.textContent = words;
    },
    goTo: (notebook, cell) => goTo(app, shared, store.lab.folder, notebook, cell),
  };
  const validating = validation(context);
  const submitting = handIn(context);
  const showResults = results(context);

  function storeOf(lab) {
    if (!stores.has(lab.folder)) {
      const made = new LabStore(lab, shared);
      made.onChange((news) => {
        if (made === store) draw(news);
        drawToolbars(made);
      });
      stores.set(lab.folder, made);
    }
    return stores.get(lab.folder);
  }

  function draw(news = {}) {
    place.hidden = !store?.isKnown;
    if (place.hidden) return;
    replace(parts.head, terms(store, shared));
    replace(
      parts.acts,
      element('button', {
        type: 'button', className: 'jp-mod-styled', 'data-key': 'validate', onclick: () => validating.run(),
      }, say('Validate')),
      element('button', {
        type: 'button', className: 'jp-mod-styled jp-mod-accept', 'data-key': 'submit',
        disabled: Boolean(store.state?.closed), onclick: () => submitting.begin(),
      }, say('Submit')),
    );
    showResults(news);
    validating.draw();
    submitting.draw();
  }

  shared.onLab((lab) => {
    if (!lab) return;
    store = storeOf(lab);
    context.tell('');
    draw();
    store.refresh();
  });

  app.commands.addCommand(VALIDATE, {
    label: say('Validate this notebook'),
    isEnabled: () => Boolean(store?.isKnown),
    execute: () => {
      shared.showPanel();
      return validating.run();
    },
  });
  app.commands.addCommand(SUBMIT, {
    label: say('Submit this lab'),
    isEnabled: () => Boolean(store?.isKnown && !store.state?.closed),
    execute: () => {
      shared.showPanel();
      return submitting.begin();
    },
  });
  for (const command of [VALIDATE, SUBMIT]) shared.palette?.addItem({ command, category: say('Lab') });

  /* One line in the toolbar of each of the lab's notebooks. */
  const lines = new Map();
  function addLine(panel) {
    const lab = shared.labOf(panel.context.path);
    if (!lab || lines.has(panel)) return;
    const { Widget } = shared.modules.widgets;
    const { ToolbarButton } = shared.modules.ui;
    const about = element('button', {
      type: 'button', className: 'banyan-line jp-ToolbarButtonComponent', onclick: () => shared.showPanel(),
    });
    const node = element('div', { className: 'banyan-line-holder' }, about);
    const line = new Widget({ node });
    const buttons = [
      [VALIDATE, say('Validate'), say('Validate this notebook')],
      [SUBMIT, say('Submit'), say('Submit this lab')],
    ].map(([command, label, tooltip]) => {
      const act = () => {
        app.shell.activateById(panel.id);
        return app.commands.execute(command);
      };
      return new ToolbarButton({ label, tooltip, className: 'banyan-tool', onClick: act });
    });
    lines.set(panel, { lab, about, widgets: [line, ...buttons] });
    [['banyan-line', line], ['banyan-validate', buttons[0]], ['banyan-submit', buttons[1]]].forEach(
      ([name, widget], index) => panel.toolbar.insertItem(10 + index, name, widget),
    );
    panel.disposed.connect(() => lines.delete(panel));
    drawToolbars(storeOf(lab));
  }

  function drawToolbars(changed) {
    for (const { lab, about, widgets } of lines.values()) {
      if (lab.folder !== changed.lab.folder) continue;
      widgets.forEach((widget) => widget.setHidden(!changed.isKnown));
      const { state } = changed;
      const left = state?.most_submissions ? state.most_submissions - state.used : null;
      const title = state?.title ?? lab.assignment;
      const facts = [
        state && dueWords(state, shared).short,
        left !== null && say('%(left)s of %(most)s left', { left, most: state.most_submissions }),
      ].filter(Boolean).map((fact) => ` · ${fact}`);
      about.replaceChildren(element('span', { className: 'banyan-line-title' }, title), facts.join(''));
      about.title = `${title}${facts.join('')}\n${say('Show the lab panel')}`;
      widgets[2].enabled = !state?.closed;
    }
  }

  shared.tracker.forEach(addLine);
  shared.tracker.widgetAdded.connect((_tracker, panel) => addLine(panel));
}

/* Open the lab's NOTEBOOK and put the cell in front: by its id, its grade_id, or its place. */
async function goTo(app, shared, folder, notebook, { cellId, gradeId, index }) {
  const panel = await app.commands.execute('docmanager:open', { path: `${folder}/${notebook}` });
  await panel.revealed;
  await panel.context.ready;
  const cells = panel.content.widgets;
  const found = [
    cells.findIndex((cell) => cellId && cell.model.id === cellId),
    cells.findIndex((cell) => gradeId && cell.model.getMetadata('nbgrader')?.grade_id === gradeId),
    index ?? -1,
  ].find((place) => place >= 0 && place < cells.length);
  app.shell.activateById(panel.id);
  if (found === undefined) return;
  panel.content.mode = 'command';
  panel.content.activeCellIndex = found;
  panel.content.deselectAll();
  await panel.content.scrollToItem(found, 'center');
  panel.content.node.focus();
}
