/** An object of Grafana's API, not looked at yet. */
export type ApiObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is ApiObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objects(value: unknown): readonly ApiObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
