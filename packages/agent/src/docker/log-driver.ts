/** Whether the Engine API can read what a log driver keeps, and what to do if not. */
export type LogDriverSupport =
  | { readonly status: "readable" }
  | { readonly status: "unreadable"; readonly message: string };

const READABLE: ReadonlySet<string> = new Set(["json-file", "local", "journald"]);

/**
 * Docker 20.10 and later keep a local copy for drivers that cannot be read back (`cache-disabled`
 * turns it off). It is 5 × 20 MB and compressed, so those work too, save `none`.
 * Source: https://docs.docker.com/engine/logging/dual-logging/
 */
export function checkLogDriver(
  name: string,
  driver: { readonly Type: string; readonly Config?: Readonly<Record<string, string>> | null },
): LogDriverSupport {
  const { Type: type, Config: options } = driver;
  if (READABLE.has(type)) return { status: "readable" };
  const isCached = type !== "none" && options?.["cache-disabled"] !== "true";
  if (isCached) return { status: "readable" };
  const reason =
    type === "none" ? "keeps nothing" : 'keeps no copy on this host ("cache-disabled" is set)';
  return {
    status: "unreadable",
    message: `container "${name}": its log driver "${type}" ${reason}, so nobody can read its lines; start it with --log-driver json-file, local or journald`,
  };
}
