import { isDeepStrictEqual } from "node:util";
import type { PropertyChange } from "./plan.ts";
import { isJsonObject, isSecretMark, type Json, type SecretMark } from "./resource.ts";
import { valueText } from "./value-text.ts";

export interface BodyDiff {
  readonly properties: readonly PropertyChange[];
  /** Paths of secrets of which nothing can be said. */
  readonly unknownSecrets: readonly string[];
}

/** What differs between two objects in canonical form, by path. Equal ones give nothing. */
export function diffBodies(before: Json | undefined, after: Json | undefined): BodyDiff {
  const properties: PropertyChange[] = [];
  const unknownSecrets: string[] = [];
  // Most objects are as they were; only where they are not is it asked where.
  if (!isDeepStrictEqual(before, after)) walk("", before, after);
  return { properties, unknownSecrets };

  function walk(path: string, old: Json | undefined, wanted: Json | undefined): void {
    if (isSecretMark(old) || isSecretMark(wanted)) {
      compareSecrets(path, old, wanted);
    } else if (isJsonObject(old) || isJsonObject(wanted)) {
      // An object that comes or goes is told by its parts, so that no part hides in a line of JSON.
      if (isEmpty(old) && isEmpty(wanted)) {
        add(path, old, wanted);
        return;
      }
      if (old !== undefined && !isJsonObject(old)) add(path, old, undefined);
      if (wanted !== undefined && !isJsonObject(wanted)) add(path, undefined, wanted);
      const left = isJsonObject(old) ? old : {};
      const right = isJsonObject(wanted) ? wanted : {};
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
        walk(join(path, key), left[key], right[key]);
      }
    } else if (isListOfObjects(old) || isListOfObjects(wanted)) {
      walkList(path, listOf(old), listOf(wanted));
    } else {
      add(path, old, wanted);
    }
  }

  /** What came in between or went does not shift the rest: equal items at both ends are left out. */
  function walkList(path: string, old: readonly Json[], wanted: readonly Json[]): void {
    const least = Math.min(old.length, wanted.length);
    let start = 0;
    while (start < least && isSame(old[start], wanted[start])) start += 1;
    let end = 0;
    while (end < least - start && isSame(old.at(-1 - end), wanted.at(-1 - end))) end += 1;
    const left = old.slice(start, old.length - end);
    const right = wanted.slice(start, wanted.length - end);
    for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
      walk(`${path}[${start + index}]`, left[index], right[index]);
    }
  }

  function add(path: string, old: Json | undefined, wanted: Json | undefined): void {
    if (isSame(old, wanted)) return;
    properties.push({ path, before: valueText(old), after: valueText(wanted), isSecret: false });
  }

  function compareSecrets(path: string, old: Json | undefined, wanted: Json | undefined): void {
    if (isSecretMark(old) && isSecretMark(wanted)) {
      const state = old.$state ?? "same";
      if (state === "unknown") unknownSecrets.push(path);
      if (state === "changed" || state === "unrecorded") {
        const text = state === "changed" ? "another secret" : "a secret that was not recorded";
        properties.push({ path, before: text, after: referenceText(wanted), isSecret: true });
      }
      return;
    }
    if (old === undefined && wanted === undefined) return;
    properties.push({ path, before: secretText(old), after: secretText(wanted), isSecret: true });
  }
}

function secretText(value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  // A plain value that a secret takes the place of may itself be one that was put there by hand.
  return isSecretMark(value) ? referenceText(value) : "a plain value";
}

function referenceText({ $secret }: SecretMark): string {
  return $secret === true ? "a secret" : $secret;
}

function join(path: string, key: string): string {
  const isPlain = /^[A-Za-z_$][\w$-]*$/.test(key);
  if (!isPlain) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

function isEmpty(value: Json | undefined): boolean {
  return !isJsonObject(value) || Object.keys(value).length === 0;
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function isListOfObjects(value: Json | undefined): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isJsonObject);
}

function isSame(left: Json | undefined, right: Json | undefined): boolean {
  return isDeepStrictEqual(left, right);
}
