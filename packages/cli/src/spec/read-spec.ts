import type { Fault, Place } from "../fault.ts";
import type { Spec } from "./schema/spec.ts";

/** A read specification, and where each part of it stands. */
export interface SpecDocument {
  readonly spec: Spec;
  readonly file: string;
  /** The place of a part, by its path in the document: ["alerts", 2, "when"]; the nearest parent's where it is not there. */
  readonly placeOf: (path: readonly (string | number)[]) => Place;
}

export type ReadSpecResult =
  | { readonly status: "ok"; readonly document: SpecDocument; readonly warnings: readonly Fault[] }
  | { readonly status: "invalid"; readonly faults: readonly Fault[] };

/** Parses and validates the text of sightline.yaml. Pure; every fault at once. */
export function readSpec(file: string, text: string): ReadSpecResult {
  throw new Error(`not written yet: ${file} ${text.length}`);
}
