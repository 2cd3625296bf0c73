import type { Fault } from "../../fault.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { AlertRule, Inhibition, MessageTemplate, MuteTiming, Route } from "../model.ts";

/**
 * The one tree: the routes of the user, and those that `tell` of an alert asks for. Gives the rules
 * back with the labels that those routes match.
 */
export function compileRoutes(
  _input: CompileInput,
  rules: readonly AlertRule[],
): {
  readonly rules: readonly AlertRule[];
  readonly routes: readonly Route[];
  readonly defaultContact: string | undefined;
  readonly muteTimings: readonly MuteTiming[];
  readonly inhibitions: readonly Inhibition[];
  readonly templates: readonly MessageTemplate[];
  readonly faults: readonly Fault[];
} {
  return {
    rules,
    routes: [],
    defaultContact: undefined,
    muteTimings: [],
    inhibitions: [],
    templates: [],
    faults: [],
  };
}
