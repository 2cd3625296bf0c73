import type { Fault } from "../../fault.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { AlertRule } from "../model.ts";

/** The alerts that the user wrote. */
export function compileAlerts(_input: CompileInput): {
  readonly rules: readonly AlertRule[];
  readonly faults: readonly Fault[];
} {
  return { rules: [], faults: [] };
}
