import { closestName } from "@sightline/core";
import type { Model } from "../compile/model.ts";
import type { Fault, Place } from "../fault.ts";
import type { SpecDocument } from "../spec/read-spec.ts";
import { severityOf } from "./checks.ts";

type Path = readonly (string | number)[];

/** Names that nobody uses, and names that stand for nothing. Those that break a rule are the compiler's. */
export function checkNames(document: SpecDocument, model: Model, source: string): readonly Fault[] {
  return [
    ...unusedContacts(document, model),
    ...unusedTimings(document),
    ...unusedTemplates(document),
    ...unusedVariables(document, source),
    ...unknownServices(document),
  ];
}

function fault(check: string, message: string, place: Place, advice?: string): Fault {
  const found = { check, severity: severityOf(check), message, place };
  return advice === undefined ? found : { ...found, advice };
}

function unusedContacts({ spec, placeOf }: SpecDocument, model: Model): Fault[] {
  const used = new Set<string>([
    ...spec.alerts.flatMap(({ tell }) => tell ?? []),
    ...spec.routes.flatMap(({ tell }) => tell),
    ...spec.slos.flatMap(({ tell, ticket }) => [...(tell ?? []), ...(ticket ?? [])]),
    ...spec.probes.flatMap(({ tell }) => tell ?? []),
    ...spec.services.flatMap(({ owner }) => owner ?? []),
    ...(spec.default_alerts.tell ?? []),
    ...Object.values(spec.default_alerts.change ?? {}).flatMap(({ tell }) => tell ?? []),
    ...model.routes.flatMap(({ contacts }) => contacts),
    ...(model.defaultContact === undefined ? [] : [model.defaultContact]),
  ]);
  return spec.contacts.flatMap(({ name }, index) => {
    if (used.has(name)) return [];
    const advice = "name it in tell of an alert or a route, or remove it";
    return [
      fault(
        "unused-contact",
        `nobody tells "${name}"`,
        placeOf(["contacts", index, "name"]),
        advice,
      ),
    ];
  });
}

function unusedTimings({ spec, placeOf }: SpecDocument): Fault[] {
  const used = new Set(
    spec.routes.flatMap(({ mute, active }) => [...(mute ?? []), ...(active ?? [])]),
  );
  return spec.mute_timings.flatMap(({ name }, index) => {
    if (used.has(name)) return [];
    const place = placeOf(["mute_timings", index, "name"]);
    return [
      fault(
        "unused-timing",
        `no route has the mute timing "${name}"`,
        place,
        "name it in mute of a route",
      ),
    ];
  });
}

/** A contact names one for its title or text; a text calls another: `{{ template "name" . }}`. */
function unusedTemplates({ spec, placeOf }: SpecDocument): Fault[] {
  const named = new Set(textsIn(spec.contacts));
  const calls = textsIn([spec.templates.map(({ text }) => text), spec.alerts, spec.contacts]).join(
    "\n",
  );
  return spec.templates.flatMap(({ name }, index) => {
    if (named.has(name) || calls.includes(`template ${JSON.stringify(name)}`)) return [];
    const place = placeOf(["templates", index, "name"]);
    const advice = `write message: ${name} in a contact`;
    return [fault("unused-template", `nothing uses the template "${name}"`, place, advice)];
  });
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function unusedVariables({ spec, placeOf }: SpecDocument, source: string): Fault[] {
  return spec.targets.flatMap(({ variables }, index) =>
    Object.keys(variables ?? {}).flatMap((name) => {
      if (source.includes(`\${var:${name}}`)) return [];
      const place = placeOf(["targets", index, "variables", name]);
      return [fault("unused-variable", `no text has \${var:${name}}`, place)];
    }),
  );
}

function unknownServices({ spec, placeOf }: SpecDocument): Fault[] {
  if (spec.services.length === 0) return [];
  const known = [...spec.services, ...spec.apps].map(({ name }) => name);
  const named: { readonly service: string; readonly path: Path }[] = [];
  const add = (given: string | readonly string[] | undefined, path: Path): void => {
    const list = given === undefined ? [] : [given].flat();
    list.forEach((service, index) => {
      named.push({ service, path: list.length > 1 ? [...path, index] : path });
    });
  };
  spec.alerts.forEach((alert, index) => {
    for (const key of ["log", "metric", "absent", "crash", "new_error"] as const) {
      add(alert[key]?.service, ["alerts", index, key, "service"]);
    }
  });
  spec.slos.forEach(({ service }, index) => {
    add(service, ["slos", index, "service"]);
  });
  return named.flatMap(({ service, path }) => {
    if (known.includes(service)) return [];
    const near = closestName(service, known);
    const advice =
      near === undefined ? "add it to services, or see sightline logs" : `did you mean "${near}"?`;
    return [fault("unknown-service", `"${service}" is not in services`, placeOf(path), advice)];
  });
}
