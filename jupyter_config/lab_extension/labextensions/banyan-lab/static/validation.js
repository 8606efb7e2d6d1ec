/* Run the visible tests here, in her own server, and say in plain words how each cell went. */
import { OUTCOMES } from './results.js';

const PLAIN = {
  NameError: 'Something is used that has no value at that point.',
  SyntaxError: 'This cannot be read as Python.',
  IndentationError: 'This cannot be read as Python.',
  TypeError: 'A value is of another kind than the code expects.',
  ModuleNotFoundError: 'A package is not installed in this lab.',
  CellTimeoutError: 'The cell did not end within 30 seconds.',
  KeyboardInterrupt: 'The cell did not end within 30 seconds.',
  NotImplementedError: 'A cell before it stops, or the code is not written yet.',
  stderr: 'The test writes a warning, and that counts as not passed.',
};

export function validation({ shared, say, parts, store, tell, goTo }) {
  const { element, replace } = shared;
  let running = null;

  async function run() {
    if (running) {
      tell(say('Wait until your notebook has run.'));
      return;
    }
    const mine = store();
    const panel = notebookOf(mine.lab);
    if (!panel) {
      tell(say('Open the lab’s notebook first.'));
      return;
    }
    const name = panel.context.path.split('/').slice(2).join('/');
    running = mine;
    try {
      tell(say('Saving …'));
      if (panel.context.model.dirty) await panel.context.save();
      tell(say('Running your notebook here …'));
      draw();
      parts.validation.after(parts.results); // what was asked for last comes first
      mine.validation = await shared.ask('validate', {
        method: 'POST',
        query: { course_id: mine.lab.course, assignment_id: mine.lab.assignment, notebook: name },
      });
      tell(summary(mine.validation.cells));
    } catch (error) {
      mine.validation = null;
      tell(why(error));
    } finally {
      running = null;
      draw();
    }
  }

  function why(error) {
    if (error.status === 0) return say('JupyterLab does not answer. Your work is in this page: keep it open and try again.');
    if (error.code === 'kernel_died') return say('The kernel stopped while your notebook ran, perhaps for want of memory. Your work is kept.');
    if (error.code === 'timeout') return say('The cell did not end within 30 seconds.');
    return say('The notebook could not be run here. Your work is kept.');
  }

  /* The notebook in front, or the only place where one of this lab is open. */
  function notebookOf(lab) {
    const open = shared.openDocuments(lab.folder).filter((one) => shared.tracker.has(one));
    const current = shared.tracker.currentWidget;
    return open.includes(current) ? current : open[0];
  }

  function summary(cells) {
    const tests = cells.filter((one) => one.is_test);
    const passed = tests.filter((one) => one.outcome === 'passed').length;
    const isWhole = cells.every((one) => ['passed', 'manual'].includes(one.outcome));
    if (isWhole) return say('Validation passed in every cell that can be tested here.');
    return say('%(passed)s of %(all)s tests passed.', { passed, all: tests.length });
  }

  function words({ outcome, error }) {
    if (outcome === 'manual') return say('A person reads this answer after you submit.');
    if (outcome === 'changed') return say('The text of a test was changed. Its original is put back when you submit.');
    if (outcome === 'type_changed') return say('The cell was turned into another kind. Make it %(kind)s again, or its test cannot be graded.', { kind: say('a code cell') });
    if (!error) return '';
    if (error.name === 'AssertionError') {
      return error.value
        ? say('The test says: %(words)s', { words: error.value })
        : say('The test compares something that does not hold with your code.');
    }
    return [PLAIN[error.name] ? say(PLAIN[error.name]) : say('This cell stops.')]
      .concat(error.name === 'stderr' ? error.value : `${error.name}${error.value ? `: ${error.value}` : ''}`)
      .join(' ');
  }

  function cell(notebook, one) {
    const [tone, sign, word] = OUTCOMES[one.outcome];
    const title = one.grade_id || say('Cell %(number)s', { number: one.index + 1 });
    return element(
      'li',
      { className: `banyan-cell banyan-edge-${tone}` },
      element(
        'button',
        {
          type: 'button', className: 'banyan-go', title: say('Go to the cell'), 'data-key': `validated-${one.index}`,
          onclick: () => goTo(notebook, { cellId: one.cell_id, gradeId: one.grade_id, index: one.index }),
        },
        title,
      ),
      ' ',
      element('span', { className: `banyan-tag banyan-${tone}` }, element('span', { 'aria-hidden': 'true' }, `${sign} `), say(word)),
      words(one) ? element('p', { className: 'banyan-said' }, words(one)) : null,
      one.error?.trace && one.outcome !== 'unanswered'
        ? element('details', { 'data-key': `trace-${one.index}` },
          element('summary', {}, say('What happened, line by line')),
          element('pre', { tabindex: '0' }, one.error.trace))
        : null,
    );
  }

  function draw() {
    const mine = store();
    if (running === mine) {
      replace(parts.validation, element('div', { className: 'banyan-progress', 'aria-hidden': 'true' }));
      return;
    }
    if (!mine.validation) {
      replace(parts.validation);
      return;
    }
    const { notebook, cells } = mine.validation;
    replace(
      parts.validation,
      element('h3', {}, say('Validation')),
      element('p', {}, summary(cells)),
      element('ol', { className: 'banyan-cells', 'aria-label': say('Validation') }, cells.map((one) => cell(notebook, one))),
      element('p', { className: 'banyan-small' }, say('Only the tests that you can see were run. Others may follow when you submit.')),
    );
  }

  return { run, draw };
}
