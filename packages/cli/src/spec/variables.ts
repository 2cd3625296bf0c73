import { closestName } from "@sightline/core";
import type { Fault } from "../fault.ts";
import type { Path, Places } from "./places.ts";

const VARIABLE = /\$\{var:([^{}\n]{0,200})\}/g;

/** Replaces `${var:name}` in every text, by the variables of the target. Keys stay as they are. */
export function replaceVariables(
  value: unknown,
  variables: Readonly<Record<string, string>>,
  places: Places,
): { readonly value: unknown; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const replaceText = (text: string, path: Path): string =>
    text.replaceAll(VARIABLE, (whole, given: string) => {
      const name = given.trim();
      if (Object.hasOwn(variables, name)) return variables[name] as string;
      faults.push(unknownVariable(name, Object.keys(variables), path, places));
      return whole;
    });
  const replace = (part: unknown, path: Path): unknown => {
    if (typeof part === "string") return part.includes("${var:") ? replaceText(part, path) : part;
    if (Array.isArray(part)) return part.map((item, index) => replace(item, [...path, index]));
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, item]) => [key, replace(item, [...path, key])]),
    );
  };
  return { value: replace(value, []), faults };
}

function unknownVariable(
  name: string,
  known: readonly string[],
  path: Path,
  places: Places,
): Fault {
  const near = closestName(name, known);
  const list = known.length === 0 ? "it has none" : `it has ${known.join(", ")}`;
  return {
    check: "unknown-variable",
    severity: "error",
    message: `the target has no variable "${name}"; ${list}`,
    advice:
      near === undefined
        ? `set it in targets[].variables: {${name}: ...}`
        : `did you mean "\${var:${near}}"?`,
    place: places.placeOf(path),
  };
}
