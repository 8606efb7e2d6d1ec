/* The frame of Banyan in JupyterLab: one panel on the right with a section per job, the open lab,
 * the reader's language, and questions to her own server. Each job is a module of its own with
 * `activate(app, shared)`; one that fails leaves the others alone.
 */
import { ask, Trouble } from './ask.js';
import { connection } from './connection.js';
import { element, replace } from './dom.js';
import { openAtOnce } from './opening.js';
import { oneAtATime } from './saving.js';
import { speaker } from './words.js';

const JOBS = ['./student.js', './author.js', './notices.js', './kernels.js'];
const PACKAGES = {
  application: '@jupyterlab/application', apputils: '@jupyterlab/apputils',
  coreutils: '@jupyterlab/coreutils', filebrowser: '@jupyterlab/filebrowser',
  notebook: '@jupyterlab/notebook', translation: '@jupyterlab/translation',
  services: '@jupyterlab/services', ui: '@jupyterlab/ui-components', widgets: '@lumino/widgets',
};
const PANEL = 'banyan-lab:panel';
const NARROW = 760; // below this the notebook needs the whole width

/* `banyan/open` marks its address, so that a lab opened from the site shows its panel. */
const openedFromTheSite = new URLSearchParams(window.location.search).has('banyan');

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
<g class="jp-icon3" fill="#616161"><path d="M12 2a6 6 0 0 0-5.7 4.1A4.5 4.5 0 0 0 7.5 15H11v5H8v2h8v-2h-3v-5h3.5
a4.5 4.5 0 0 0 1.2-8.9A6 6 0 0 0 12 2zm0 2a4 4 0 0 1 3.9 3.1l.2.8.8.1a2.5 2.5 0 0 1-.4 5H13v-2h-2v2H7.5a2.5 2.5
0 0 1-.4-5l.8-.1.2-.8A4 4 0 0 1 12 4z"/></g></svg>`;

const NAME = /^[a-z0-9][a-z0-9-]{0,99}$/;

const OTHERS = ['source', 'trial']; // an author's folders

/* COURSE/ASSIGNMENT/… of a document, or null. */
export function labOf(path) {
  const parts = (path ?? '').replace(/^[^/]*:/, '').split('/').filter(Boolean);
  if (OTHERS.includes(parts[0])) return null;
  if (parts.length < 3 || !NAME.test(parts[0]) || !NAME.test(parts[1])) return null;
  return { course: parts[0], assignment: parts[1], folder: `${parts[0]}/${parts[1]}` };
}

export async function plugins(share) {
  const names = Object.entries(PACKAGES);
  const loaded = await Promise.all(names.map(([, name]) => share(name)));
  const modules = Object.fromEntries(names.map(([word], place) => [word, loaded[place]]));
  const { application, apputils, filebrowser, notebook, translation } = modules;
  // Those that are there; one that cannot be read leaves the others alone.
  const jobs = await Promise.allSettled(JOBS.map((job) => import(job)));
  return [
    {
      id: 'banyan-lab:frame',
      description: 'The panel of Banyan and the jobs in it.',
      autoStart: true,
      requires: [notebook.INotebookTracker],
      optional: [
        translation.ITranslator, apputils.ICommandPalette, application.ILabShell,
        application.ILayoutRestorer,
      ],
      activate: (app, tracker, translator, palette, shell, restorer) =>
        frame(app, { modules, jobs, tracker, translator, palette, shell, restorer }),
    },
    {
      id: 'banyan-lab:connection',
      description: 'What happens while there is no way to her server; in place of JupyterHub’s question.',
      autoStart: true,
      provides: application.IConnectionLost,
      optional: [application.JupyterLab.IInfo, translation.ITranslator],
      activate: (app, info, translator) => connection(app, modules, info, speaker(localeOf(translator))),
    },
    {
      id: 'banyan-lab:open',
      description: 'Opens the notebook of the address as soon as that can be done.',
      autoStart: true,
      requires: [application.IRouter, filebrowser.IDefaultFileBrowser],
      activate: (app, router, browser) => openAtOnce(app, router, browser, modules.coreutils),
    },
  ];
}

function localeOf(translator) {
  return (translator?.languageCode ?? 'zh').startsWith('en') ? 'en' : 'zh-Hant-TW';
}

function frame(app, { modules, jobs, tracker, translator, palette, shell, restorer }) {
  const locale = localeOf(translator);
  const say = speaker(locale);
  const style = element('link', { rel: 'stylesheet', href: new URL('banyan.css', import.meta.url).href });
  document.head.append(style);

  const panel = makePanel(modules, say);
  const listeners = new Set();
  let lab = null;

  const shared = {
    modules, tracker, shell: app.shell, palette, locale, say, speaker: (words) => speaker(locale, words),
    ask: (path, options) => ask(modules.services, path, { locale, ...options }),
    Trouble, element, replace, labOf,
    /* Where the lab of the document in front is; `heard(lab)` now and whenever it changes. */
    onLab(heard) {
      listeners.add(heard);
      heard(lab);
    },
    lab: () => lab,
    /* A place in the panel; jobs fill and hide it themselves. */
    section: (id, label, rank) => panel.section(id, label, rank),
    showPanel() {
      if (window.innerWidth < NARROW) app.shell.collapseLeft?.();
      app.shell.activateById(panel.widget.id);
    },
    /* Save whatever is open and changed. */
    saveAll() {
      for (const { context } of app.shell.widgets('main')) {
        if (!context?.model?.dirty || context.model.readOnly) continue;
        context.save().catch((error) => console.error('banyan-lab: not saved', error));
      }
    },
    /* Every document of a lab that is open, in whatever editor: {widget, context}. */
    openDocuments(folder) {
      return [...app.shell.widgets('main')].filter(
        (widget) => widget.context && labOf(widget.context.path)?.folder === folder,
      );
    },
  };

  app.shell.add(panel.widget, 'right', { rank: 40 });
  restorer?.add(panel.widget, panel.widget.id);
  app.commands.addCommand(PANEL, {
    label: say('Show the lab panel'),
    caption: say('What is due, validate, submit and results of this lab'),
    execute: () => {
      shared.showPanel();
      panel.focus();
    },
  });
  app.commands.addKeyBinding({ command: PANEL, keys: ['Alt B'], selector: 'body' });
  palette?.addItem({ command: PANEL, category: say('Lab') });

  const look = () => {
    const found = labOf(app.shell.currentWidget?.context?.path);
    if (!found || found.folder === lab?.folder) return;
    lab = found;
    listeners.forEach((heard) => heard(lab));
  };
  shell?.currentChanged.connect(look);
  tracker.currentChanged.connect(look);

  oneAtATime(tracker, modules.services);
  // She turns to another window, or closes her laptop: not after the next ten seconds, but now.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) shared.saveAll();
  });

  jobs.forEach((job, place) => {
    try {
      if (job.status === 'rejected') throw job.reason;
      job.value.activate(app, shared);
    } catch (error) {
      console.error(`banyan-lab: ${JOBS[place]} could not be started`, error);
    }
  });
  app.shell.restored.then(() => {
    look();
    // Not where it would cover the notebook, even if it was open the last time.
    if (window.innerWidth < NARROW) app.shell.collapseRight?.();
    else if (openedFromTheSite) shared.showPanel();
    giveTheNotebookRoom(app.shell);
  });
}

/* The widths of the last time come back in proportion. Those of a telephone, where the list of files took all
 * of it, would leave the notebook a finger's breadth of a wide window. */
function giveTheNotebookRoom(shell) {
  const main = document.getElementById('jp-main-dock-panel');
  if (!main || window.innerWidth < NARROW || main.offsetWidth >= window.innerWidth / 3) return;
  const split = shell._hsplitPanel;
  if (split?.setRelativeSizes) split.setRelativeSizes([1, 4, 1.4]);
  else shell.collapseLeft?.();
}

function makePanel({ ui, widgets }, say) {
  const body = element('div', { className: 'banyan-sections' });
  const node = element('div', { role: 'region', 'aria-label': say('Lab') }, body);
  const widget = new widgets.Widget({ node });
  widget.id = 'banyan-lab-panel';
  widget.addClass('banyan-panel');
  widget.title.icon = new ui.LabIcon({ name: 'banyan-lab:tree', svgstr: ICON });
  widget.title.caption = say('Lab');
  const ranks = new Map();
  return {
    widget,
    section(id, label, rank = 100) {
      const made = element('section', { id: `banyan-${id}`, 'aria-label': label });
      ranks.set(made, rank);
      const after = [...body.children].find((other) => ranks.get(other) > rank);
      body.insertBefore(made, after ?? null);
      return made;
    },
    focus() {
      const first = body.querySelector('h2, button, a, summary');
      if (first?.tagName === 'H2') first.tabIndex = -1;
      first?.focus();
    },
  };
}
