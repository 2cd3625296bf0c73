import type { YamlFault } from "../project.ts";

const BEGIN = "# >>> sightline init: these lines are written anew, yours belong outside";
const BEGIN_MARK = "# >>> sightline init";
const END = "# <<< sightline init";

export type BlockResult =
  | { readonly status: "ok"; readonly text: string }
  | { readonly status: "broken"; readonly fault: YamlFault };

/** Replaces what stands between our two marks, or adds them at the end. The rest stays byte for byte. */
export function replaceBlock(path: string, text: string, lines: readonly string[]): BlockResult {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const block = [BEGIN, ...lines, END].join(newline);
  const all = text.split(/\r?\n/);
  const begin = all.findIndex((line) => line.startsWith(BEGIN_MARK));
  if (begin < 0) {
    const gap = text === "" ? "" : text.endsWith("\n") ? newline : newline + newline;
    return { status: "ok", text: `${text}${gap}${block}${newline}` };
  }
  const end = all.findIndex((line, index) => index > begin && line.startsWith(END));
  if (end < 0) {
    const message = `expected "${END}" below this line; add it, or remove this line`;
    return { status: "broken", fault: { path, line: begin + 1, column: 1, message } };
  }
  const starts = lineStarts(text);
  const before = text.slice(0, starts[begin]);
  const after = text.slice((starts[end] ?? 0) + (all[end]?.length ?? 0));
  return { status: "ok", text: `${before}${block}${after}` };
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}
