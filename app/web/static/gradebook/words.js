// Words with %(name)s in them, as the server writes them.
export function fill(words, values) {
  return words.replace(/%\((\w+)\)s/g, (_all, name) => values[name] ?? "");
}
