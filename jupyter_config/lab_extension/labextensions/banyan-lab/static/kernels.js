/* A notebook that comes back with a new kernel (its old one was put away, or its server was) still shows
 * what was computed before, although no variable of it is left. JupyterLab does not say so.
 */
const SHOWN = 20000; // ms, unless she runs something before

export function activate(app, { modules, tracker, say }) {
  const { Notification } = modules.apputils;
  const { NotebookActions } = modules.notebook;

  async function look(panel) {
    const { sessions } = app.serviceManager;
    await sessions.ready;
    // Before the notebook has asked for a session of its own.
    const goesOn = [...sessions.running()].some((session) => session.path === panel.context.path);
    if (goesOn) return;
    await panel.context.ready;
    const wasRun = [...panel.context.model.cells].some((cell) => cell.type === 'code' && cell.executionCount);
    if (!wasRun) return;
    await panel.sessionContext.ready;
    if (panel.sessionContext.session?.kernel) tell(panel);
  }

  function tell(panel) {
    const toast = Notification.info(
      say('The kernel is new: what you see was computed before, and its variables are gone until you run it again.'),
      {
        autoClose: SHOWN,
        actions: [
          {
            label: say('Run all cells'),
            callback: () => NotebookActions.runAll(panel.content, panel.sessionContext),
          },
        ],
      },
    );
    const ran = (_, { notebook }) => {
      if (notebook !== panel.content) return;
      NotebookActions.executed.disconnect(ran);
      Notification.dismiss(toast);
    };
    NotebookActions.executed.connect(ran);
  }

  tracker.widgetAdded.connect((_, panel) => {
    look(panel).catch((error) => console.error('banyan-lab: the kernel is not known', error));
  });
}
