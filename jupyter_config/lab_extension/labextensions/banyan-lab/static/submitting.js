/* Submit: save what is open, take the declaration if it is asked for, hand the folder in. */

export function handIn({ shared, say, parts, store, tell }) {
  const { element, replace } = shared;
  const forms = new Map(); // by folder: what is typed survives a look at another lab
  let sending = false;

  function begin() {
    const mine = store();
    const { state } = mine;
    const isLast = state?.most_submissions && state.most_submissions - state.used === 1;
    if (!state?.ai?.asks_declaration && !isLast) return send(mine, null);
    if (!forms.has(mine.lab.folder)) forms.set(mine.lab.folder, form(mine, isLast));
    draw();
    forms.get(mine.lab.folder).querySelector('input, button').focus();
    return undefined;
  }

  function draw() {
    const wanted = forms.get(store().lab.folder);
    if (wanted !== (parts.submit.firstElementChild ?? undefined)) replace(parts.submit, wanted ?? []);
  }

  function form(mine, isLast) {
    const asks = mine.state.ai?.asks_declaration;
    const problem = element('p', { className: 'banyan-notice banyan-warn', role: 'alert', hidden: true });
    const field = (name, label, tag) => element('label', {}, label, element(tag, { name, maxlength: '1000', ...(tag === 'input' ? { type: 'text' } : { rows: '3' }) }));
    const more = element('div', { hidden: true }, field('tools', say('Which ones?'), 'input'), field('purpose', say('For what?'), 'textarea'));
    const choice = (value, words) =>
      element('label', { className: 'banyan-choice' },
        element('input', { type: 'radio', name: 'used', value, onchange: () => { more.hidden = value === 'no'; } }), ` ${words}`);
    const close = () => {
      forms.delete(mine.lab.folder);
      draw();
      parts.acts.querySelector('[data-key="submit"]')?.focus();
    };
    const made = element(
      'form',
      {
        className: 'banyan-form', novalidate: true, 'aria-label': say('Submit this lab'),
        onsubmit: async (event) => {
          event.preventDefault();
          const said = new FormData(made);
          const declaration = asks
            ? { used: said.get('used') === 'yes', tools: (said.get('tools') ?? '').trim(), purpose: (said.get('purpose') ?? '').trim() }
            : null;
          problem.hidden = true;
          if (asks && !said.get('used')) problem.textContent = say('Choose one of the two.');
          else if (declaration?.used && !(declaration.tools && declaration.purpose)) problem.textContent = say('Name the AI tools that you used, and say for what.');
          else {
            if (await send(mine, declaration)) close();
            return;
          }
          problem.hidden = false;
        },
      },
      isLast ? element('p', { className: 'banyan-notice banyan-warn' }, say('This is your last submission to this lab. Check it once more before you submit.')) : null,
      asks ? element('fieldset', {}, element('legend', {}, say('Did you use AI tools for this work?')), choice('no', say('No')), choice('yes', say('Yes'))) : null,
      asks ? more : null,
      problem,
      element('div', { className: 'banyan-acts' },
        element('button', { type: 'submit', className: 'jp-mod-styled jp-mod-accept' }, say('Submit now')),
        element('button', { type: 'button', className: 'jp-mod-styled', onclick: close }, say('Cancel'))),
    );
    return made;
  }

  /* Whether it was handed in. */
  async function send(mine, declaration) {
    if (sending) return false;
    sending = true;
    try {
      tell(say('Saving …'));
      for (const { context } of shared.openDocuments(mine.lab.folder)) {
        const name = context.path.split('/').pop();
        if (context.model.dirty) await context.save().catch((error) => console.warn('banyan-lab: save', error));
        if (context.model.dirty) {
          tell(say('%(name)s could not be saved: nothing was handed in.', { name }));
          return false;
        }
      }
      tell(say('Submitting …'));
      const receipt = await shared.ask('submit', {
        method: 'POST',
        query: { course_id: mine.lab.course, assignment_id: mine.lab.assignment },
        json: { declaration },
      });
      tell(say('Handed in as submission %(number)s.', { number: receipt.number }));
      parts.results.after(parts.validation); // what was asked for last comes first
      await mine.refresh();
      return true;
    } catch (error) {
      tell(why(error));
      return false;
    } finally {
      sending = false;
    }
  }

  function why(error) {
    if (error.status === 0) return say('JupyterLab does not answer. Your work is in this page: keep it open and try again.');
    if (error.isAway) return say('The course site does not answer: nothing was handed in. Your work is saved here; try again in a minute.');
    return `${error.message} ${say('Nothing was handed in. Your work is kept.')}`;
  }

  return { begin, draw };
}
