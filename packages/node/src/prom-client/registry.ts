/** The part of prom-client's Registry that is used here. It is the host's; it is never imported. */
export type PromRegistry = {
  getMetricsAsArray(): readonly PromMetric[];
  getMetricsAsJSON(): unknown;
  /** Not public, yet the same since version 11; without it there are no default labels. */
  readonly _defaultLabels?: unknown;
  /** Names are told in another way where it is OpenMetrics. */
  readonly contentType?: unknown;
};

/** One metric of a registry. `get` runs the host's `collect` function, which may be slow or throw. */
export type PromMetric = { readonly name?: unknown; get(): unknown };

/** Beyond that somebody makes registries in a loop, and each is kept for ever. */
const MAX_REGISTRIES = 32;

/** Registered: a copy of this package inside a bundle must reach the one that runs. */
const KNOWN = Symbol.for("sightline.node.registries");
const store = globalThis as { [KNOWN]?: Set<PromRegistry> };

/** Every registry known so far, in the order they were found. */
export function knownRegistries(): ReadonlySet<PromRegistry> {
  return registries();
}

/** Remembers a registry; the same one twice is once. Whether there was room for it. */
export function addRegistry(registry: PromRegistry): boolean {
  const known = registries();
  if (known.size >= MAX_REGISTRIES && !known.has(registry)) return false;
  known.add(registry);
  return true;
}

function registries(): Set<PromRegistry> {
  store[KNOWN] ??= new Set();
  return store[KNOWN];
}

/** Whether a value is a registry of any copy of prom-client, by its shape. */
export function isRegistry(value: unknown): value is PromRegistry {
  return hasMethods(value, ["getMetricsAsArray", "getMetricsAsJSON", "registerMetric"]);
}

/** Whether a value is a metric of prom-client, by its shape. */
export function isMetric(value: unknown): value is PromMetric {
  return hasMethods(value, ["get"]);
}

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    methods.every((method) => typeof (value as Record<string, unknown>)[method] === "function")
  );
}
