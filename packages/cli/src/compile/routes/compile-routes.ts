import type { Fault } from "../../fault.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { AlertRule, Inhibition, MessageTemplate, MuteTiming, Route } from "../model.ts";
import { INHIBITIONS } from "../pack/inhibitions.ts";
import { checkContacts, checkReservedLabels, checkTimings } from "./check-references.ts";
import { compileMuteTimings } from "./compile-mute-timings.ts";
import { compileTemplates } from "./compile-templates.ts";
import { createFaultSink } from "./fault-sink.ts";
import { checkReach } from "./reach.ts";
import { readRoutes } from "./read-routes.ts";
import { withRouteLabels } from "./route-tree.ts";

/**
 * The one tree: the routes of the user, and those that `tell` of an alert asks for. Gives the rules
 * back with the labels that those routes match.
 */
export function compileRoutes(
  input: CompileInput,
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
  const sink = createFaultSink(input);
  const { spec } = input.document;
  const known = spec.contacts.map(({ name }) => name);
  const muteTimings = compileMuteTimings(input, sink);
  const routes = readRoutes(input, sink);
  checkContacts(input, rules, known, sink);
  checkTimings(input, muteTimings, sink);
  checkReach(
    routes.filter(({ isWhole }) => isWhole),
    rules,
    sink,
  );
  checkReservedLabels(rules, sink);
  // First what is asked for by name, then the only one, then the first in the file.
  const defaultContact = spec.default_alerts.tell?.find((name) => known.includes(name)) ?? known[0];
  return {
    rules: rules.map((rule) => withRouteLabels(rule, input.project)),
    routes: routes.map(({ route }) => route),
    defaultContact,
    muteTimings,
    inhibitions: INHIBITIONS,
    templates: compileTemplates(input, sink),
    faults: sink.faults,
  };
}
