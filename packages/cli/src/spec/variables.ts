import { closestName } from "@sightline/core";
import type { Fault } from "../fault.ts";
import type { Path, Places } from "./places.ts";

const VARIABLE = /\$\{var:([^{}\n]{0,200})\}/g;

type Variables = Readonly<Record<string, string>>;

interface Replaced {
  readonly value: unknown;
  readonly faults: readonly Fault[];
}

/**
 * Replaces `${var:name}` in every text by the variables of the target that is called `name`, without
 * it of the first. The texts of a target have that target's own. Keys stay as they are.
 */
export function replaceVariables(
  value: unknown,
  name: string | undefined,
  places: Places,
): Replaced {
  if (!isMapping(value)) return { value, faults: [] };
  const { targets, ...rest } = value;
  const list: readonly unknown[] = Array.isArray(targets) ? targets : [];
  // A name that is not there is told of later, and not by a fault for each variable.
  const chosen = list.find((target) => isMapping(target) && target["name"] === name) ?? list[0];
  const replaced = replaceIn(rest, variablesOf(chosen), [], places);
  const own = list.map((target, index) =>
    replaceIn(target, variablesOf(target), ["targets", index], places),
  );
  const whole = isMapping(replaced.value) ? replaced.value : {};
  return {
    value: Array.isArray(targets)
      ? { ...whole, targets: own.map((it) => it.value) }
      : { ...value, ...whole },
    faults: [replaced, ...own].flatMap(({ faults }) => faults),
  };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Before anything is validated, because what a variable stands for is validated, too. */
function variablesOf(target: unknown): Variables {
  const variables = isMapping(target) ? target["variables"] : undefined;
  const entries = isMapping(variables) ? Object.entries(variables) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function replaceIn(value: unknown, variables: Variables, base: Path, places: Places): Replaced {
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
  return { value: replace(value, base), faults };
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
