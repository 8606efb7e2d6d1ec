/* What people read, in two languages. Messages are written in English; a job brings its own Chinese
 * and calls `shared.speaker(itsChinese)`. `%(name)s` is filled in from the values.
 */
import { CHINESE } from './words.zh.js';

export function speaker(locale, chinese = CHINESE) {
  return (message, values = {}) => {
    const text = locale === 'en' ? message : (chinese[message] ?? CHINESE[message] ?? message);
    return text.replace(/%\((\w+)\)s/g, (whole, name) => String(values[name] ?? whole));
  };
}
