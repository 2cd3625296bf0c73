import type { Fault } from "../../fault.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { AlertRule, RecordRule } from "../model.ts";

/** Burn-rate alerts of the service level objectives, and the records that they read. */
export function compileSlos(_input: CompileInput): {
  readonly rules: readonly AlertRule[];
  readonly records: readonly RecordRule[];
  readonly faults: readonly Fault[];
} {
  return { rules: [], records: [], faults: [] };
}
