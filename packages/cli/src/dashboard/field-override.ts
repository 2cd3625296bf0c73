import type { FieldOverride } from "./dashboard-json.ts";

/** Gives the field of this name other properties, for example a colour or a unit. */
export function overrideField(
  name: string,
  properties: Readonly<Record<string, unknown>>,
): FieldOverride {
  return override("byName", name, properties);
}

export function overrideFields(
  pattern: string,
  properties: Readonly<Record<string, unknown>>,
): FieldOverride {
  return override("byRegexp", pattern, properties);
}

function override(
  matcher: string,
  options: string,
  properties: Readonly<Record<string, unknown>>,
): FieldOverride {
  return {
    matcher: { id: matcher, options },
    properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
  };
}

export function fixedColor(color: string): { readonly mode: "fixed"; readonly fixedColor: string } {
  return { mode: "fixed", fixedColor: color };
}

/** Shades of one colour, so that each series is told apart. */
export function shadesOf(color: string): { readonly mode: "shades"; readonly fixedColor: string } {
  return { mode: "shades", fixedColor: color };
}
