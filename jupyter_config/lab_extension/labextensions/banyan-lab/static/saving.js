/* One save of a notebook at a time. JupyterLab's autosave does not know of a save that runs (of Submit, of a
 * window that is left): on a slow disk the second one finds the file newer than it knows, and asks her whether
 * to overwrite what she has just written herself.
 *
 * A save that is on its way when the connection breaks is no error to be told in a window of its own either: the
 * notebook stays changed, the notice of the connection says so, and it is saved when the way is back. If it had
 * arrived all the same, the file is newer than JupyterLab knows, but it is what she wrote: nothing to ask.
 */
import { LOST } from './connection.js';

/* What she wrote, of a notebook as Jupyter stores it; the rest may be changed by who stores it. */
const written = (book) => JSON.stringify(book.cells.map((cell) => [cell.cell_type, [cell.source].flat().join('')]));

export function oneAtATime(tracker, { ServerConnection }) {
  const follow = ({ context }) => {
    const contents = context._manager.contents;
    const save = context.save.bind(context);
    let last = Promise.resolve();
    let sent = null;
    let unsure = null; // what was sent by a save of which nobody knows whether it arrived
    context.save = () => {
      last = last.catch(() => {}).then(async () => {
        sent = written(context.model.toJSON());
        await save();
        unsure = null;
      });
      return last;
    };

    const tell = context._handleError.bind(context);
    context._handleError = async (error, title) => {
      if (!(error instanceof ServerConnection.NetworkError)) return tell(error, title);
      unsure = sent;
      window.dispatchEvent(new Event(LOST));
    };

    const ask = context._raiseConflict.bind(context);
    context._raiseConflict = async (found, options) => {
      const contentProviderId = context._contentProviderId;
      const stored = unsure && await contents.get(context.path, { type: 'notebook', content: true, contentProviderId });
      if (!stored || written(stored.content) !== unsure) return ask(found, options);
      const saved = await contents.save(context.path, { ...options, contentProviderId });
      const { hash, hash_algorithm } = await contents.get(context.path, { content: false, hash: true, contentProviderId });
      return { ...saved, hash, hash_algorithm };
    };
  };
  tracker.forEach(follow);
  tracker.widgetAdded.connect((_, panel) => follow(panel));
}
