import { Document, isMap, isScalar, isSeq, Scalar } from "yaml";
import type { Json } from "../../plan/resource.ts";
import { toGoYaml } from "../go-yaml.ts";

/**
 * YAML as Grafana's parser (go-yaml 3) reads it. Every text is quoted: unquoted, `1_000`, `2026-01-01`
 * or `0x1` inside settings would become a number or a date there, and stay texts here.
 */
export function toGrafanaYaml(value: Json, comment: string): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  quoteTexts(document.contents);
  document.commentBefore = comment;
  return toGoYaml(document, {
    lineWidth: 0,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
}

/** Values and not keys. Not by `visit`, which takes as long as writing the file. */
function quoteTexts(node: unknown): void {
  if (isScalar(node) && typeof node.value === "string") {
    node.type = isReadableBlock(node.value) ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE;
  } else if (isMap(node)) {
    for (const { value } of node.items) quoteTexts(value);
  } else if (isSeq(node)) {
    for (const item of node.items) quoteTexts(item);
  }
}

/** Lines without anything that a block would lose: white space at their ends, tabs, other breaks. */
function isReadableBlock(text: string): boolean {
  return (
    text.includes("\n") &&
    !/[ \t]\n|[ \t]$|^\s|\t|[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe]/.test(text) &&
    !text.includes("\u2028") &&
    !text.includes("\u2029")
  );
}
