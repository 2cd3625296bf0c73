/** Parts of a specification that were read from elsewhere: plain data in the shape of sightline.yaml. */
export interface ImportedSpec {
  readonly sections: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  /** Sections that are no lists, and those that are there once. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What could not be taken as it was, each with its name: nothing is left out silently. */
  readonly notes: readonly string[];
  /** Files beside the specification: dashboards, by their path. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

export function mergeImported(parts: readonly ImportedSpec[]): ImportedSpec {
  const sections: Record<string, Readonly<Record<string, unknown>>[]> = {};
  for (const part of parts) {
    for (const [name, entries] of Object.entries(part.sections)) {
      sections[name] = [...(sections[name] ?? []), ...entries];
    }
  }
  return {
    sections,
    settings: Object.assign({}, ...parts.map(({ settings }) => settings)),
    notes: parts.flatMap(({ notes }) => notes),
    files: parts.flatMap(({ files }) => files),
  };
}

/** Leaves out what is undefined, and empty lists and maps: a specification says only what matters. */
export function compact(entry: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
