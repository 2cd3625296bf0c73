import type { AccessLogSplitConfig } from "@sightline/core";
import { parseCaddyRoutes } from "./caddy-routes.ts";
import { proxyOfImage } from "./images.ts";
import { parseNginxRoutes } from "./nginx-routes.ts";
import type { ComposeService, Project, ProxyFile, ProxyName } from "./project.ts";
import { readTraefikRoutes } from "./traefik-routes.ts";

/** One way through a proxy. */
export interface ProxyRoute {
  readonly host?: string;
  /** Prefix. */
  readonly path: string;
  /** Host name that the requests are passed to; undefined: the proxy answers by itself. */
  readonly to: string | undefined;
}

export type ProxySplit =
  | {
      readonly status: "known";
      readonly split: readonly AccessLogSplitConfig[];
      readonly doubts: readonly string[];
    }
  | { readonly status: "unknown"; readonly reason: string };

/** A service as far as it matters to whoever counts its requests. */
export interface Behind {
  readonly compose: ComposeService;
  /** Why its requests are counted elsewhere, or may be: then a proxy's lines would count them twice. */
  readonly countedElsewhere?: string;
}

/** Whose requests the lines of one proxy are; only where its configuration leaves no doubt. */
export function splitProxy(
  service: ComposeService,
  image: string,
  behind: readonly Behind[],
  project: Project,
): ProxySplit {
  const proxy = proxyOfImage(image);
  const services = behind.map(({ compose }) => compose);
  if (proxy === "traefik") return toSplit(service, behind, readTraefikRoutes(services));
  if (proxy === undefined) return unknown("its configuration is not read");
  const files = filesOf(service, proxy, project.proxyFiles);
  if (files.length === 0) return unknown("its configuration was not found here");
  // One text, as the proxies put their files together by include and import.
  const text = files.map((file) => file.text).join("\n");
  return toSplit(service, behind, PARSERS[proxy](text));
}

const PARSERS = { nginx: parseNginxRoutes, caddy: parseCaddyRoutes } as const;

/** What is mounted into the container, else what lies in the folder it is built from. */
function filesOf(
  service: ComposeService,
  name: ProxyName,
  files: readonly ProxyFile[],
): ProxyFile[] {
  const isIn = (folders: readonly string[]): ProxyFile[] =>
    files.filter(
      ({ path, proxy }) => proxy === name && folders.some((folder) => isBelow(folder, path)),
    );
  const mounted = isIn(service.mounts);
  return mounted.length > 0 || !service.build || service.build.context === "."
    ? mounted
    : isIn([service.build.context]);
}

function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function toSplit(
  proxy: ComposeService,
  behind: readonly Behind[],
  routes: readonly ProxyRoute[] | undefined,
): ProxySplit {
  if (routes === undefined) return unknown("its configuration does not say it in plain prefixes");
  const targets = [...new Set(routes.flatMap(({ to }) => to ?? []))];
  const find = (name: string): Behind | undefined =>
    behind.find(({ compose }) => compose.name === name);
  const stranger = targets.find((name) => !find(name));
  if (stranger) return unknown(`it passes requests to "${stranger}", which is no service here`);
  if (targets.length === 0) return unknown("it passes no request on");
  const doubts = targets.flatMap((name) => {
    const why = find(name)?.countedElsewhere;
    return why === undefined ? [] : [{ name, why }];
  });
  const isLeft = (name: string): boolean => doubts.some((doubt) => doubt.name === name);
  const split = routes.toSorted(byWeight).map(({ host, path, to }) => ({
    from: proxy.name,
    ...(host !== undefined && { host }),
    path,
    service: to === undefined || isLeft(to) ? proxy.name : to,
  }));
  return {
    status: "known",
    split: doubts.length === targets.length ? [] : split,
    doubts: doubts.map(
      ({ name, why }) => `requests to ${name} are not taken from its lines: ${why}`,
    ),
  };
}

/** The agent takes the first that fits, a proxy the longest prefix of the host that was asked for. */
function byWeight(left: ProxyRoute, right: ProxyRoute): number {
  const hosts = Number(right.host !== undefined) - Number(left.host !== undefined);
  return hosts || right.path.length - left.path.length;
}

function unknown(reason: string): ProxySplit {
  return { status: "unknown", reason };
}
