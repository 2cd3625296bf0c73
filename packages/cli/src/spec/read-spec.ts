import type { Fault, Place } from "../fault.ts";
import { checkAlternatives } from "./alternatives.ts";
import { checkNames } from "./duplicate-names.ts";
import { createIssueReader } from "./issue-faults.ts";
import { MAX_SPEC_BYTES, parseYaml } from "./parse-yaml.ts";
import type { Path, Places } from "./places.ts";
import { type Spec, specSchema } from "./schema/spec.ts";
import { takeSoundPart } from "./sound-part.ts";
import { checkStrayReferences } from "./stray-references.ts";
import { replaceVariables } from "./variables.ts";

/** A read specification, and where each part of it stands. */
export interface SpecDocument {
  readonly spec: Spec;
  readonly file: string;
  /** The place of a part, by its path in the document: ["alerts", 2, "when"]; the nearest parent's where it is not there. */
  readonly placeOf: (path: readonly (string | number)[]) => Place;
}

export type ReadSpecResult =
  | { readonly status: "ok"; readonly document: SpecDocument; readonly warnings: readonly Fault[] }
  | {
      readonly status: "invalid";
      readonly faults: readonly Fault[];
      /** The rest of the file, to look for more faults in. Undefined where nothing could be read. */
      readonly sound?: {
        readonly document: SpecDocument;
        readonly leftOutNames: readonly string[];
      };
    };

export interface ReadSpecOptions {
  /** Whose variables replace `${var:name}`; without it those of the first target. */
  readonly target?: string | undefined;
}

/** Parses and validates the text of sightline.yaml. Pure; every fault at once. */
export function readSpec(
  file: string,
  given: string,
  options: ReadSpecOptions = {},
): ReadSpecResult {
  const text = given.startsWith("\uFEFF") ? given.slice(1) : given;
  if (text.length > MAX_SPEC_BYTES) return tooLarge(file, text.length);
  const parsed = parseYaml(file, text);
  if (parsed.status === "invalid") return parsed;
  const { places } = parsed;
  const { value, faults } = replaceVariables(parsed.value, options.target, places);
  const sections = sectionsOf(value);
  const reader = createIssueReader(places, (path) => valueAt(value, path));
  const result = specSchema.safeParse(sections ?? value, { error: reader.error });
  const all = [
    ...parsed.faults,
    ...faults,
    ...withoutPlacesOf(faults, result.success ? [] : reader.toFaults(result.error.issues)),
    ...checkAlternatives(sections ?? {}, places),
    ...checkNames(sections ?? {}, places),
    ...(result.success ? checkStrayReferences(result.data, places) : []),
  ];
  if (!result.success || all.length > 0) {
    const sound = sections && readSoundPart(file, sections, all, places);
    const stray = sound?.document ? checkStrayReferences(sound.document.spec, sound.document) : [];
    const faults = sortByPlace([...all, ...(result.success ? [] : stray)]);
    return { status: "invalid", faults, ...(sound && { sound }) };
  }
  return {
    status: "ok",
    document: { spec: result.data, file, placeOf: places.placeOf },
    warnings: [],
  };
}

function readSoundPart(
  file: string,
  sections: Readonly<Record<string, unknown>>,
  faults: readonly Fault[],
  places: Places,
): Extract<ReadSpecResult, { status: "invalid" }>["sound"] {
  const faulty = faults.flatMap(({ place }) => {
    const path = place && places.pathOf(place);
    return path === undefined ? [] : [path];
  });
  const part = takeSoundPart(sections, faulty);
  const result = specSchema.safeParse(part.sections);
  if (!result.success) return undefined;
  const placeOf = (path: Path): Place => places.placeOf(part.toDocument(path));
  return { document: { spec: result.data, file, placeOf }, leftOutNames: part.leftOutNames };
}

function tooLarge(file: string, length: number): ReadSpecResult {
  const fault: Fault = {
    check: "yaml-limits",
    severity: "error",
    message: `the file has ${length} characters; expected at most ${MAX_SPEC_BYTES}`,
    advice: "is it the right file?",
    place: { file, line: 1, column: 1, path: "" },
  };
  return { status: "invalid", faults: [fault] };
}

/** A section of which everything is commented out (`alerts:`) is as good as none. */
function sectionsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null));
}

/** A URL with a variable that is not known is no URL; that is said once. */
function withoutPlacesOf(told: readonly Fault[], faults: readonly Fault[]): readonly Fault[] {
  const paths = new Set(told.map(({ place }) => place?.path));
  return faults.filter(({ place }) => !paths.has(place?.path));
}

function valueAt(value: unknown, path: Path): unknown {
  let part = value;
  for (const key of path) {
    if (typeof part !== "object" || part === null || !Object.hasOwn(part, key)) return undefined;
    part = (part as Record<string | number, unknown>)[key];
  }
  return part;
}

export function sortByPlace(faults: readonly Fault[]): Fault[] {
  return faults.toSorted(
    (left, right) =>
      (left.place?.line ?? 0) - (right.place?.line ?? 0) ||
      (left.place?.column ?? 0) - (right.place?.column ?? 0),
  );
}
