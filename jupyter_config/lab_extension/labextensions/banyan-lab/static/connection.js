/* The way to her server is lost: her laptop was closed, the train is in a tunnel, her lab was put away.
 *
 * JupyterLab would ask whether to restart a server that runs, and save nothing until she has answered. Here a
 * notice says what is the case and goes by itself; what she typed meanwhile is saved as soon as the way is back,
 * and kernels that JupyterLab has given up are connected again.
 */
import { element } from './dom.js';

export const LOST = 'banyan:lost'; // of the window: somebody could not reach her server
const LOOK_AGAIN = 2000; // ms
const RESTART = 'hub:restart';

export function connection(app, { services }, info, say) {
  // Of its own: what JupyterLab's notices need is fetched with the first of them, which cannot be done now.
  const notice = element('div', { className: 'banyan-connection', role: 'status', 'aria-live': 'polite' });
  let shown = '';
  let looking = false;
  let wake = () => {};
  document.body.append(notice);

  function tell(words, label = '') {
    if (shown === words) return;
    shown = words;
    notice.replaceChildren(...(words ? [element('p', {}, words)] : []));
    if (label) notice.append(element('button', { type: 'button', className: 'jp-mod-styled jp-mod-accept', onclick: () => app.commands.execute(RESTART) }, label));
  }

  /* 'here', 'away' when nobody answers, 'gone' when her server is put away. */
  async function answer() {
    const settings = services.ServerConnection.makeSettings();
    try {
      const said = await services.ServerConnection.makeRequest(`${settings.baseUrl}api/status`, { cache: 'no-store' }, settings);
      if (said.ok) return 'here';
      return [424, 503].includes(said.status) ? 'gone' : 'away';
    } catch {
      return 'away';
    }
  }

  const pause = () => new Promise((done) => {
    wake = done;
    setTimeout(done, LOOK_AGAIN);
  });
  for (const sign of ['offline', LOST]) window.addEventListener(sign, () => lost());
  window.addEventListener('online', () => wake());
  document.addEventListener('visibilitychange', () => wake());

  async function lost() {
    if (looking) return;
    looking = true;
    if (info) info.isConnected = false; // what cannot be saved is not tried, and nothing asks about it
    try {
      for (let found = await answer(); found !== 'here'; found = await answer()) {
        if (found === 'away') tell(say('There is no connection to your lab. What you write stays in this page, and is saved as soon as the connection is back.'));
        else {
          tell(say('Your lab was put away. Your files are kept; what you wrote since stays in this page.'), say('Start it again'));
        }
        await pause();
      }
    } finally {
      if (info) info.isConnected = true;
      looking = false;
    }
    tell('');
    catchUp();
  }

  function catchUp() {
    for (const { context } of app.shell.widgets('main')) {
      const kernel = context?.sessionContext?.session?.kernel;
      if (kernel?.connectionStatus === 'disconnected') kernel.reconnect().catch(console.error);
      if (!context?.model?.dirty || context.model.readOnly) continue;
      context.save().catch((error) => console.error('banyan-lab: not saved', error));
    }
  }

  return lost;
}
