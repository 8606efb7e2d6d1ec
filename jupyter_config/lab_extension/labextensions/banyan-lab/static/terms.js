/* When it is due, what lateness costs, how often, with whom, and what AI tools may do. */

/* The deadline in her time zone, `short` for a line and `full` for a tooltip. */
export function dueWords(state, { say, locale }) {
  if (!state.due_at) return { short: say('No deadline'), full: '', isOver: false };
  const due = new Date(state.due_at);
  // The server's clock counts, not this computer's.
  const now = new Date(state.now);
  const time = due.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const day = (moment) => Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate()) / 86_400_000;
  const away = day(due) - day(now);
  const near = { '-1': 'yesterday %(time)s', 0: 'today %(time)s', 1: 'tomorrow %(time)s' }[away];
  let when;
  if (near) {
    when = say(near, { time });
  } else {
    const form = away > 1 && away < 7 ? { weekday: 'long' } : { month: 'short', day: 'numeric' };
    if (due.getFullYear() !== now.getFullYear()) form.year = 'numeric';
    when = `${due.toLocaleDateString(locale, form)} ${time}`;
  }
  const isOver = due < now;
  return {
    short: say(isOver ? 'was due %(when)s' : 'due %(when)s', { when }),
    full: due.toLocaleString(locale, { dateStyle: 'full', timeStyle: 'long' }),
    isOver,
  };
}

function troubleWords(trouble, say) {
  if (trouble.status === 0) return say('JupyterLab does not answer. Your work is in this page: keep it open and try again.');
  if (trouble.isAway) return say('The course site does not answer at the moment. You can go on working and validate here; what is shown may be old.');
  return trouble.message;
}

export function terms(store, shared) {
  const { element, say } = shared;
  const { state, trouble, lab } = store;
  const made = [element('h2', { 'data-key': 'title' }, state?.title ?? lab.assignment)];
  if (trouble) {
    made.push(
      element(
        'p',
        { className: 'banyan-notice banyan-warn', role: 'status' },
        troubleWords(trouble, say),
      ),
    );
  }
  if (!state) return made;
  const due = dueWords(state, shared);
  made.push(element('p', { className: 'banyan-muted' }, state.course));
  made.push(
    element(
      'p',
      { className: 'banyan-due' },
      element('time', { datetime: state.due_at, title: due.full }, due.short),
      due.isOver && !state.closed ? element('span', { className: 'banyan-tag banyan-warn' }, say('Late')) : null,
    ),
  );
  if (state.closed) made.push(element('p', { className: 'banyan-notice banyan-warn' }, state.closed));
  if (state.lateness) made.push(element('p', { className: 'banyan-small' }, state.lateness));
  if (state.most_submissions) {
    const left = Math.max(0, state.most_submissions - state.used);
    made.push(
      element('p', {}, say('%(left)s of %(most)s submissions left', { left, most: state.most_submissions })),
    );
  }
  if (state.team) {
    made.push(
      element(
        'p',
        {},
        element('strong', {}, say('Your team: %(name)s', { name: state.team.name })),
        ` ${state.team.people.join(shared.locale === 'en' ? ', ' : '、')}`,
      ),
    );
  } else if (state.team_missing) {
    made.push(element('p', { className: 'banyan-notice' }, state.team_missing));
  }
  if (state.ai) {
    made.push(element('p', { className: 'banyan-small' }, element('strong', {}, state.ai.name), state.ai.words ? ` ${state.ai.words}` : ''));
  }
  return made;
}
