/** Drivers that are traced and measured, by the name of their package. */
export const DATABASE_NAMES = ["pg", "mysql2", "mongodb", "redis", "ioredis", "knex"] as const;
export type DatabaseName = (typeof DATABASE_NAMES)[number];

export function isDatabaseName(value: unknown): value is DatabaseName {
  return (DATABASE_NAMES as readonly unknown[]).includes(value);
}

/**
 * Which drivers to instrument, by `OTEL_NODE_ENABLED_INSTRUMENTATIONS` (only these) and
 * `OTEL_NODE_DISABLED_INSTRUMENTATIONS` (all but these). Both are lists of names without prefix,
 * separated by commas; names of other instrumentations are skipped, since the same variables may
 * steer another SDK.
 *
 * Source: https://opentelemetry.io/docs/zero-code/js/configuration/
 */
export function chooseDatabases(
  enabled: string | undefined,
  disabled: string | undefined,
): readonly DatabaseName[] {
  const only = toNames(enabled);
  const without = toNames(disabled);
  return DATABASE_NAMES.filter(
    (name) => (only.length === 0 || only.includes(name)) && !without.includes(name),
  );
}

function toNames(list: string | undefined): string[] {
  return (list ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
