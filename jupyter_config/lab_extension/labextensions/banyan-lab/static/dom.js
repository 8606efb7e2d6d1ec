/* Elements without markup in strings: what people wrote never becomes HTML. */

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === 'className') made.className = value;
    else if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/* Put CHILDREN into PLACE; the focus stays on what has the same `data-key`, open details stay open. */
export function replace(place, ...children) {
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const open = new Set([...place.querySelectorAll('details[open][data-key]')].map((one) => one.dataset.key));
  place.replaceChildren(...children.flat().filter(Boolean));
  place.querySelectorAll('details[data-key]').forEach((one) => {
    if (open.has(one.dataset.key)) one.open = true;
  });
  if (focused) place.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}
