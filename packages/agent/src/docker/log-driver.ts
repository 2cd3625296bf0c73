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

/** How much the driver keeps before it throws away the oldest, in words; undefined: all. */
export function keptBytes(driver: {
  readonly Type: string;
  readonly Config?: Readonly<Record<string, string>> | null;
}): number | undefined {
  const size = parseSize(driver.Config?.["max-size"]);
  const files = Number(driver.Config?.["max-file"] ?? (driver.Type === "local" ? 5 : 1));
  if (driver.Type === "local") return (size ?? 20 * 1024 * 1024) * files;
  return size === undefined ? undefined : size * files;
}

const UNIT: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function parseSize(text: string | undefined): number | undefined {
  const match = /^(\d{1,12})\s?([bkmg]?)(?:b|ib)?$/i.exec(text ?? "");
  return match === null
    ? undefined
    : Number(match[1]) * (UNIT[(match[2] ?? "").toLowerCase()] ?? 1);
}
