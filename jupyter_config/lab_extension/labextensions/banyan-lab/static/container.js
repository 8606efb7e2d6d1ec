/* What JupyterLab loads: a module federation container, written by hand.
 *
 * JupyterLab fetches this script, calls `init` with the packages that it shares, and asks `get` for
 * its plugins. Everything else is a plain ES module beside this file; there is no build.
 */
(() => {
  const here = document.currentScript.src;
  let scope = null;

  /* All at once, while JupyterLab still loads itself; otherwise each would wait for who imports it. */
  for (const name of [
    'frame', 'ask', 'author', 'author.trial', 'author.zh', 'connection', 'dom', 'kernels', 'notices', 'opening',
    'results', 'saving', 'store', 'student', 'submitting', 'terms', 'validation', 'words', 'words.zh',
  ]) {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = new URL(`${name}.js`, here).href;
    document.head.append(link);
  }

  const numbers = (version) => version.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);

  function isNewer(one, other) {
    const [left, right] = [numbers(one), numbers(other)];
    for (let place = 0; place < Math.max(left.length, right.length); place += 1) {
      const difference = (left[place] ?? 0) - (right[place] ?? 0);
      if (difference) return difference > 0;
    }
    return false;
  }

  /* Tokens are compared by identity, so this has to be the very copy that JupyterLab took: the one
   * that is loaded already, else the newest (the rule for singletons). */
  async function shared(name) {
    const offers = Object.entries(scope[name] ?? {});
    if (!offers.length) throw new Error(`JupyterLab does not share ${name}.`);
    const [, offer] = offers.reduce((best, next) => {
      if (Boolean(best[1].loaded) !== Boolean(next[1].loaded)) return best[1].loaded ? best : next;
      return isNewer(next[0], best[0]) ? next : best;
    });
    return (await offer.get())();
  }

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB['banyan-lab'] = {
    init(sharedScope) {
      scope = sharedScope;
    },
    async get(name) {
      if (name !== './extension') throw new Error(`banyan-lab has no module ${name}.`);
      const { plugins } = await import(new URL('frame.js', here).href);
      const made = await plugins(shared);
      return () => ({ __esModule: true, default: made });
    },
  };
})();
