import type { ComposeService } from "./project.ts";
import type { ProxyRoute } from "./proxy-routes.ts";

const RULE = /^(?:Host\(`([\w.-]+)`\))?(?: ?&& ?)?(?:PathPrefix\(`(\/[^`]*)`\))?$/;

/** From the labels of the services behind it. Undefined where a rule says more than host and path. */
export function readTraefikRoutes(
  services: readonly ComposeService[],
): readonly ProxyRoute[] | undefined {
  const routes: ProxyRoute[] = [];
  for (const { name, labels } of services) {
    for (const [label, rule] of Object.entries(labels)) {
      if (!label.startsWith("traefik.")) continue;
      const found = RULE.exec(rule.trim());
      const [, host, path = "/"] = found ?? [];
      if (!found || (host === undefined && found[2] === undefined)) return undefined;
      routes.push({ path, to: name, ...(host !== undefined && { host }) });
    }
  }
  return routes;
}
