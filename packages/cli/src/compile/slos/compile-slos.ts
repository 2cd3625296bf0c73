import type { Fault } from "../../fault.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { AlertRule, RecordRule } from "../model.ts";
import { readSlo, type Slo } from "./read-slo.ts";
import { recordsOf } from "./slo-records.ts";
import { rulesOf } from "./slo-rules.ts";

/** Burn-rate alerts of the service level objectives, and the records that they read. */
export function compileSlos(input: CompileInput): {
  readonly rules: readonly AlertRule[];
  readonly records: readonly RecordRule[];
  /** For `explainSlo`. */
  readonly slos: readonly Slo[];
  readonly faults: readonly Fault[];
} {
  const read = input.document.spec.slos.map((spec, index) => readSlo(spec, index, input));
  const slos = read.flatMap(({ slo }) => (slo === undefined ? [] : [slo]));
  return {
    rules: slos.flatMap((slo) => rulesOf(slo, input)),
    records: slos.flatMap(recordsOf),
    slos,
    faults: [...read.flatMap(({ faults }) => faults), ...doubles(slos)],
  };
}

/** Names that differ in signs alone give one id. */
function doubles(slos: readonly Slo[]): Fault[] {
  return slos.flatMap((slo, index) => {
    const before = slos.slice(0, index).find(({ id, name }) => id === slo.id && name !== slo.name);
    if (before === undefined) return [];
    return [
      {
        check: "duplicate-name",
        severity: "error",
        message: `SLO "${slo.name}" cannot be told from "${before.name}": both give the id ${slo.id}`,
        advice: "give one of them another word",
        place: slo.place,
      },
    ];
  });
}
