import type { Fault } from "../fault.ts";
import { isLoopbackOrigin, isPrivateOrigin } from "../spec/origin.ts";
import type { SpecDocument } from "../spec/read-spec.ts";
import type { AppSpec } from "../spec/schema/apps.ts";
import { severityOf } from "./checks.ts";

/** Apps that work otherwise than was most likely meant. What breaks a rule is the schema's and the compiler's. */
export function checkApps(document: SpecDocument): readonly Fault[] {
  const { spec, placeOf } = document;
  const isProduction = spec.targets.some(({ environment = "" }) => /^prod/i.test(environment));
  return spec.apps.flatMap((app, index) => {
    const fault = (
      check: string,
      message: string,
      advice: string,
      path: readonly (string | number)[],
    ): Fault => ({
      check,
      severity: severityOf(check),
      message,
      advice,
      place: placeOf(["apps", index, ...path]),
    });
    return [
      ...withoutOrigins(app, fault),
      ...plainOrigins(app, fault),
      ...localOrigins(app, isProduction, fault),
      ...likeService(app, spec.services, fault),
    ];
  });
}

type ToFault = (
  check: string,
  message: string,
  advice: string,
  path: readonly (string | number)[],
) => Fault;

function withoutOrigins({ name, origins, enabled }: AppSpec, fault: ToFault): Fault[] {
  if (origins.length > 0 || enabled === false) return [];
  const advice = "origins: [https://shop.example.org], as the address bar has it, without a path";
  return [fault("app-closed", `no page may send for the app "${name}"`, advice, [])];
}

function plainOrigins({ origins }: AppSpec, fault: ToFault): Fault[] {
  return origins.flatMap((origin, index) => {
    if (!origin.startsWith("http:") || isPrivateOrigin(origin)) return [];
    const message = `the pages of ${origin} come unencrypted`;
    return [
      fault("app-plain-http", message, "serve them by https, and write https://", [
        "origins",
        index,
      ]),
    ];
  });
}

/** Beside addresses of others it was left over; alone it is an app that is being written. */
function localOrigins({ origins }: AppSpec, isProduction: boolean, fault: ToFault): Fault[] {
  const isMixed = origins.some((origin) => !isLoopbackOrigin(origin));
  if (!isMixed && !isProduction) return [];
  return origins.flatMap((origin, index) => {
    if (!isLoopbackOrigin(origin)) return [];
    const message = `${origin} is the machine of whoever opens the page`;
    const advice = "an app of its own, with a key of its own, for what developers run";
    return [fault("app-local-origin", message, advice, ["origins", index])];
  });
}

const PAGE_KIND = /^(?:browser|frontend|page|web-?app)$/i;

function likeService(
  { name }: AppSpec,
  services: SpecDocument["spec"]["services"],
  fault: ToFault,
): Fault[] {
  const service = services.find((each) => each.name === name);
  if (service === undefined || PAGE_KIND.test(service.kind ?? "")) return [];
  const message = `the app "${name}" and the service "${name}" would be one`;
  return [fault("app-like-service", message, `name: ${name}-web`, ["name"])];
}
