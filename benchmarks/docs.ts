/** Text with what stands between the markers of `name` replaced; throws where they are missing. */
export function replaceMarked(text: string, name: string, content: string): string {
  const start = `<!-- ${name} -->`;
  const end = `<!-- /${name} -->`;
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) {
    throw new Error(`no place for "${name}": expected a line "${start}" and after it "${end}"`);
  }
  return `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`;
}
