import type { AccessLogSplitConfig } from "@sightline/core";
import { parseHost } from "./request-path.ts";

/** Whose request it is, by the service that wrote the line, the host and the path that were asked for. */
export type Splitter = (from: string, host: string | undefined, path: string | undefined) => string;

/**
 * The first rule that fits; else the service itself. `*.example.com` takes every name below it;
 * `/api/` and `/api` take `/api` and what is below it, and not `/apis`.
 */
export function createSplitter(rules: readonly AccessLogSplitConfig[]): Splitter {
  const prepared = rules.map((rule) => ({
    ...rule,
    host: rule.host === undefined ? undefined : parseHost(rule.host),
    path: rule.path?.replace(/\/+$/, ""),
  }));
  return (from, host, path) => {
    if (prepared.length === 0) return from;
    const name = host === undefined ? undefined : parseHost(host);
    const rule = prepared.find(
      (one) =>
        (one.from === undefined || one.from === from) &&
        (one.host === undefined || isHost(one.host, name)) &&
        (one.path === undefined || isBelow(one.path, path)),
    );
    return rule?.service ?? from;
  };
}

function isHost(wanted: string, host: string | undefined): boolean {
  if (host === undefined) return false;
  return wanted.startsWith("*.") ? host.endsWith(wanted.slice(1)) : host === wanted;
}

function isBelow(prefix: string, path: string | undefined): boolean {
  if (path === undefined || !path.startsWith(prefix)) return false;
  return path.length === prefix.length || path[prefix.length] === "/";
}
