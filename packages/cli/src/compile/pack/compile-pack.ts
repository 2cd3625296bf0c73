import type { Fault } from "../../fault.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { AlertRule, RecordRule } from "../model.ts";

/** The alerts that are there without writing any. */
export function compilePack(_input: CompileInput): {
  readonly rules: readonly AlertRule[];
  readonly records: readonly RecordRule[];
  readonly faults: readonly Fault[];
} {
  return { rules: [], records: [], faults: [] };
}
