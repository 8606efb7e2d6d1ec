/* The notebook of the address, as soon as the windows of the last time are back.
 *
 * JupyterLab would open it a second later (it saves the workspace first, which waits until nothing changes
 * for a while), and would then bring it to the front although she may be elsewhere already. So JupyterLab
 * is only told to show its folder.
 */
const ROUTE = 'banyan-lab:route';
const JUST_BEFORE_JUPYTERLABS = 90; // which is 100

export function openAtOnce(app, router, browser, { PageConfig, PathExt, URLExt }) {
  const path = PageConfig.getOption('treePath');
  if (!path.endsWith('.ipynb')) return;
  const folder = PathExt.dirname(path);
  const opened = app.shell.restored.then(() => app.commands.execute('docmanager:open', { path }));

  /* The address names the notebook again, after JupyterLab wrote the folder into it. */
  const rename = () => {
    if (app.shell.currentWidget?.context?.path !== path) return;
    PageConfig.setOption('treePath', path);
    router.navigate(URLExt.parse(PageConfig.getUrl({ treePath: path })).pathname, { skipRouting: true });
  };
  const shown = (model, { newValue }) => {
    if (newValue !== folder) return;
    model.pathChanged.disconnect(shown);
    setTimeout(rename); // it does so when a promise has been kept
  };

  app.commands.addCommand(ROUTE, {
    execute: async () => {
      try {
        await opened;
      } catch {
        return; // JupyterLab tries it again and says what is wrong
      }
      browser.model.pathChanged.connect(shown);
      PageConfig.setOption('treePath', folder);
    },
  });
  router.register({ command: ROUTE, pattern: /\/lab\b/, rank: JUST_BEFORE_JUPYTERLABS });
}
