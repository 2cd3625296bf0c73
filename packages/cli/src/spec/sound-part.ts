import type { Path } from "./places.ts";

export interface SoundPart {
  readonly sections: Readonly<Record<string, unknown>>;
  /** Names of what was left out: that nobody knows them any more is no fault of who names them. */
  readonly leftOutNames: readonly string[];
  /** A path in the sound part, in the document that it was made of. */
  readonly toDocument: (path: Path) => Path;
}

/**
 * The file without the items and sections that have a fault, so that the rest of it can be judged in
 * the same run. Paths of two parts or more take an item out of a list, else the whole section goes.
 */
export function takeSoundPart(
  sections: Readonly<Record<string, unknown>>,
  faulty: readonly Path[],
): SoundPart {
  const leftOutNames: string[] = [];
  const kept = new Map<string, readonly number[]>();
  const entries = Object.entries(sections).flatMap(([section, value]): [string, unknown][] => {
    const paths = faulty.filter(([first]) => first === section);
    if (paths.length === 0) return [[section, value]];
    if (!Array.isArray(value) || paths.some((path) => path.length < 2)) {
      leftOutNames.push(...namesIn(value));
      return [];
    }
    const bad = new Set(paths.map(([, index]) => index));
    const indices = [...value.keys()].filter((index) => !bad.has(index));
    kept.set(section, indices);
    leftOutNames.push(...namesIn(value.filter((_, index) => bad.has(index))));
    return [[section, indices.map((index) => value[index])]];
  });
  return {
    sections: Object.fromEntries(entries),
    leftOutNames,
    toDocument: (path) => {
      const [section, index, ...rest] = path;
      const indices = kept.get(String(section));
      if (indices === undefined || typeof index !== "number") return path;
      return [section as string, indices[index] ?? index, ...rest];
    },
  };
}

function namesIn(value: unknown): string[] {
  const items = Array.isArray(value) ? value : [];
  return items.flatMap((item) => {
    const name = (item as { name?: unknown } | null)?.name;
    return typeof name === "string" ? [name.trim()] : [];
  });
}
