/** An indicator's name and, where it has several lines and they are not called like itself, which one is meant. */
export function nameOf(spec: string): { name: string; component: string | null } {
  // `sar:0.02:0.2` has points of its own; a component begins with a letter.
  const [, whole = spec, component = null] = /^(.*?)(?:\.([a-z]\w*))?$/.exec(spec) ?? [];
  const [kind] = whole.split(":");
  const isOther = component !== null && component !== kind;
  return {
    name: whole.toUpperCase().replaceAll(":", " "),
    component: isOther ? (component.length === 1 ? `%${component.toUpperCase()}` : component.replace("_", " ")) : null,
  };
}
