import { stripVTControlCharacters, styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];
export type Painter = (style: Style, text: string) => string;

/** Colours only for a person's terminal, and not where https://no-color.org asks for none. */
export function createPainter(isTty: boolean, env: NodeJS.ProcessEnv): Painter {
  const isColoured = isTty && !env["NO_COLOR"];
  return (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text);
}

/** Columns as wide as their widest cell; colours do not count. */
export function renderTable(rows: readonly (readonly string[])[], indent = 2): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, visibleLength(cell));
    });
  }
  const pad = (cell: string, index: number): string =>
    cell + " ".repeat((widths[index] ?? 0) - visibleLength(cell));
  return rows.map((row) => " ".repeat(indent) + row.map(pad).join("  ").trimEnd()).join("\n");
}

function visibleLength(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
