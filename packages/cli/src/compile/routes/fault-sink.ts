import type { Fault } from "../../fault.ts";
import type { CompileInput } from "../compile-spec.ts";

/** Adds faults of one part of the specification. */
export interface FaultSink {
  readonly faults: Fault[];
  readonly error: (check: string, message: string, path: Path, advice?: string) => void;
  readonly warn: (check: string, message: string, path: Path, advice?: string) => void;
}
export type Path = readonly (string | number)[];

export function createFaultSink({ document }: CompileInput): FaultSink {
  const faults: Fault[] = [];
  const add =
    (severity: Fault["severity"]) =>
    (check: string, message: string, path: Path, advice?: string) => {
      faults.push({ check, severity, message, advice, place: document.placeOf(path) });
    };
  return { faults, error: add("error"), warn: add("warning") };
}
