import { formatDuration } from "@sightline/core";
import type { Model } from "../compile/model.ts";
import type { Fault, Place } from "../fault.ts";
import type { SpecDocument } from "../spec/read-spec.ts";
import { severityOf } from "./checks.ts";
import { subjectOf } from "./queries.ts";

const DEFAULT_EVERY_MILLIS = 60_000;

export function checkRules(document: SpecDocument, model: Model): readonly Fault[] {
  return [
    ...nobodyTold(document, model),
    ...windowGaps(document),
    ...noRunbooks(document, model),
    ...plainHttp(document, model),
  ];
}

function fault(check: string, message: string, place: Place | undefined, advice: string): Fault {
  return { check, severity: severityOf(check), message, advice, place };
}

/** Once for the file where there is nobody at all, else for each alert that no route takes. */
function nobodyTold({ spec, placeOf }: SpecDocument, model: Model): Fault[] {
  if (model.rules.length === 0) return [];
  if (model.contacts.length === 0) {
    const message = `there are ${model.rules.length} alerts and nobody to tell`;
    const advice = "add contacts: [{name: ops, email: ops@example.org}]";
    return [fault("nobody-told", message, placeOf(["contacts"]), advice)];
  }
  if (model.defaultContact !== undefined || spec.routes.length > 0) return [];
  return model.rules.flatMap((rule) => {
    if (rule.contacts.length > 0 || rule.origin !== "user" || !rule.isEnabled) return [];
    const advice = `write tell: ${model.contacts[0]?.name}`;
    return [fault("nobody-told", `${subjectOf(rule)} reaches nobody`, rule.place, advice)];
  });
}

function windowGaps({ spec, placeOf }: SpecDocument): Fault[] {
  return spec.alerts.flatMap(({ when, every = DEFAULT_EVERY_MILLIS }, index) => {
    const windowMillis = when?.windowMillis;
    if (windowMillis === undefined || windowMillis >= every) return [];
    const message = `a window of ${formatDuration(windowMillis)} is looked at every ${formatDuration(every)}; what happens between is not seen`;
    const advice = `write every: ${formatDuration(windowMillis)}, or a longer window`;
    return [fault("window-gap", message, placeOf(["alerts", index, "when"]), advice)];
  });
}

function noRunbooks({ spec, placeOf }: SpecDocument, model: Model): Fault[] {
  const hasRunbook = new Set(
    spec.services.filter(({ runbook }) => runbook).map(({ name }) => name),
  );
  if (model.urls.runbooks !== undefined) return [];
  return spec.alerts.flatMap((alert, index) => {
    if (alert.severity !== "critical" || alert.runbook !== undefined) return [];
    const services = [alert.log ?? alert.metric ?? alert.crash ?? alert.new_error]
      .flatMap((it) => it?.service ?? [])
      .concat(alert.absent?.service ?? []);
    if (services.some((name) => hasRunbook.has(name))) return [];
    const message = `alert "${alert.name}" is critical and has no runbook`;
    const advice = "runbook: https://… of the alert, or of its service";
    return [fault("no-runbook", message, placeOf(["alerts", index]), advice)];
  });
}

function plainHttp({ spec, placeOf }: SpecDocument, { target }: Model): Fault[] {
  if (target.kind !== "grafana" || target.token === undefined) return [];
  const { protocol, hostname } = new URL(target.url);
  if (protocol !== "http:" || /^(?:localhost|127\..*|\[::1\])$/.test(hostname)) return [];
  const index = spec.targets.findIndex(({ name }) => name === target.name);
  const message = `the token goes to ${hostname} unencrypted`;
  return [
    fault("plain-http", message, placeOf(["targets", index, "grafana", "url"]), "use https://"),
  ];
}
