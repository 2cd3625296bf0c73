import { Document, isMap, isScalar, isSeq } from "yaml";
import type { ImportedSpec } from "./imported.ts";

const ORDER = ["targets", "default_alerts", "default_dashboards", "alerts", "records", "grafana"];

/** sightline.yaml with what was imported; the same parts give the same bytes. */
export function renderImported(
  { sections, settings, notes }: ImportedSpec,
  source: string,
): string {
  const all: Readonly<Record<string, unknown>> = { ...settings, ...sections };
  const known = Object.keys(all).sort((a, b) => rank(a) - rank(b));
  const document = new Document(Object.fromEntries(known.map((name) => [name, all[name]])));
  document.commentBefore = [
    ` Imported from ${source}. It says what was there; make it shorter where you like.`,
    ...(notes.length > 0 ? [" Not taken as it was:"] : []),
    ...notes.map((note) => `  - ${note.replaceAll("\n", " ")}`),
  ].join("\n");
  spaceEntries(document);
  return document.toString({ lineWidth: 0 });
}

function rank(section: string): number {
  const index = ORDER.indexOf(section);
  return index === -1 ? ORDER.length : index;
}

/** An empty line before each section: people read this. */
function spaceEntries(document: Document): void {
  if (!isMap(document.contents)) return;
  document.contents.items.forEach(({ key, value }, index) => {
    if (index > 0 && isScalar(key)) key.spaceBefore = true;
    if (isSeq(value)) {
      for (const item of value.items.slice(1)) if (isMap(item)) item.spaceBefore = true;
    }
  });
}
