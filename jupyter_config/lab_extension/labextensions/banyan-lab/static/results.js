/* What came of the newest submission, cell by cell, and the earlier ones. */

export const OUTCOMES = {
  passed: ['good', '✓', 'Passed'],
  graded: ['good', '✓', 'Graded'],
  failed: ['bad', '✗', 'Not passed'],
  error: ['bad', '!', 'Error'],
  missing: ['bad', '✗', 'Cell missing'],
  partial: ['warn', '◐', 'Partly passed'],
  timeout: ['warn', '!', 'Out of time'],
  manual: ['wait', '…', 'Instructor grades this'],
  waiting: ['wait', '…', 'Waiting'],
  queued: ['wait', '…', 'Queued'],
  running: ['wait', '…', 'Running'],
  held: ['wait', '…', 'Submitted'],
  withheld: ['wait', '…', 'Score withheld'],
  no_score: ['wait', '–', 'No score'],
  unanswered: ['warn', '○', 'Not answered yet'],
  changed: ['warn', '!', 'Cell changed'],
  type_changed: ['bad', '!', 'Cell changed'],
};

const number = (value) => String(Math.round(value * 100) / 100);

export function results({ shared, say, parts, store, tell, goTo }) {
  const { element, replace } = shared;
  const points = (score, max) => say('%(score)s of %(max)s points', { score: number(score), max: number(max) });
  const badge = (state) => {
    const [tone, sign, word] = OUTCOMES[state] ?? ['wait', '…', 'Waiting'];
    return element(
      'span',
      { className: `banyan-tag banyan-${tone}` },
      element('span', { 'aria-hidden': 'true' }, `${sign} `),
      say(word),
    );
  };
  const link = (path, words, key) =>
    element('a', { href: store().state.site + path, target: '_blank', rel: 'noopener', 'data-key': key }, words);

  function cell(notebook, one) {
    const [tone] = OUTCOMES[one.outcome] ?? ['wait'];
    return element(
      'li',
      { className: `banyan-cell banyan-edge-${tone}` },
      element(
        'button',
        {
          type: 'button', className: 'banyan-go', title: say('Go to the cell'),
          'data-key': `result-${notebook.name}-${one.grade_id}`,
          onclick: () => goTo(`${notebook.name}.ipynb`, { gradeId: one.grade_id }),
        },
        one.grade_id,
      ),
      ' ',
      badge(one.outcome),
      one.score === null ? null : element('span', { className: 'banyan-points' }, points(one.score, one.max_score)),
      one.message ? element('p', { className: 'banyan-said' }, one.message) : null,
      one.hint ? element('p', {}, element('strong', {}, say('Hint:')), ` ${one.hint}`) : null,
      one.comment
        ? element('p', {}, element('strong', {}, say('Written by %(name)s', { name: one.by })), ` ${one.comment}`)
        : null,
    );
  }

  function newest(state) {
    const one = state.newest;
    if (!one) return [element('p', { className: 'banyan-muted' }, say('You have not submitted anything yet. Results appear here, cell by cell.'))];
    const made = [
      element(
        'p',
        { className: 'banyan-row' },
        element('strong', {}, say('Submission %(number)s', { number: one.number })),
        badge(one.state),
        one.score === null ? null : element('span', { className: 'banyan-total' }, points(one.score, one.max_score)),
      ),
    ];
    if (state.held) made.push(element('p', { className: 'banyan-notice' }, state.held));
    if (one.words) made.push(element('p', {}, one.words));
    if (one.place) made.push(element('p', {}, say('Place %(place)s in the line of your course', { place: one.place })));
    if (one.is_live) made.push(element('div', { className: 'banyan-progress', 'aria-hidden': 'true' }));
    if (one.pending_count) {
      made.push(element('p', {}, say('Answers that wait for your instructor: %(answers)s', { answers: one.pending_count })));
    }
    if (one.case_url) made.push(element('p', {}, link(one.case_url, say('What this means, and what happens next'), 'case')));
    if (one.lacks_declaration) {
      made.push(
        element('p', { className: 'banyan-notice banyan-warn' }, say('Declaration missing'), ' ',
          link(`${one.url}#declaration`, say('Declare now'), 'declare')),
      );
    }
    for (const notebook of one.notebooks) {
      if (one.notebooks.length > 1) made.push(element('h4', {}, notebook.name));
      if (notebook.reason) made.push(element('p', { className: 'banyan-notice banyan-warn' }, notebook.reason));
      made.push(
        element('ol', { className: 'banyan-cells', 'aria-label': notebook.name },
          notebook.cells.map((each) => cell(notebook, each))),
      );
    }
    made.push(element('p', {}, link(one.url, say('See the feedback in your notebook'), 'feedback')));
    return made;
  }

  function earlier(state) {
    if (state.submissions.length < 2) return null;
    return element(
      'details',
      { 'data-key': 'all' },
      element('summary', {}, say('All submissions')),
      element(
        'ul',
        { className: 'banyan-list' },
        state.submissions.map((one) =>
          element(
            'li',
            { className: 'banyan-row' },
            link(one.url, say('Submission %(number)s', { number: one.number }), `submission-${one.number}`),
            element('time', { datetime: one.submitted_at }, new Date(one.submitted_at).toLocaleString(shared.locale, { dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' })),
            one.team ? element('span', { className: 'banyan-muted' }, `${one.team} · ${one.by}`) : null,
            badge(one.state),
            one.counts ? element('span', { className: 'banyan-tag' }, say('Counts')) : null,
            one.score === null ? null : element('span', { className: 'banyan-points' }, points(one.score, one.max_score)),
          ),
        ),
      ),
    );
  }

  return ({ isFinished } = {}) => {
    const { state } = store();
    if (!state) {
      replace(parts.results);
      return;
    }
    replace(
      parts.results,
      element('h3', {}, say('Result')),
      newest(state),
      earlier(state),
      element('p', {}, link(state.lab_url, say('The lab on the course site'), 'lab')),
    );
    if (isFinished) {
      const { newest: one } = state;
      const words = one.score === null ? one.words || say(OUTCOMES[one.state]?.[2] ?? 'Graded') : points(one.score, one.max_score);
      tell(say('Graded: %(words)s', { words }));
    }
  };
}
