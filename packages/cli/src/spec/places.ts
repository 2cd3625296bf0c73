import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import type { Place } from "../fault.ts";

export type Path = readonly (string | number)[];

export interface Places {
  /** Of the value at this path; the nearest parent's where it is not there. */
  readonly placeOf: (path: Path) => Place;
  /** Of the key itself, for what should not be there at all. */
  readonly placeOfKey: (path: Path) => Place;
  readonly placeAt: (offset: number) => Place;
  /** The path that a place was asked for with; undefined for one of nobody here. */
  readonly pathOf: (place: Place) => Path | undefined;
}

interface Step {
  readonly node: Node | null;
  readonly key: Node | null;
}

/** Where each part of a parsed document stands in its text. */
export function createPlaces(file: string, document: Document, lines: LineCounter): Places {
  const at = (offset: number, path: string): Place => {
    const { line, col } = lines.linePos(offset);
    // An empty text has no lines.
    return { file, line: Math.max(1, line), column: Math.max(1, col), path };
  };
  const find = (path: Path): readonly Step[] => {
    const steps: Step[] = [{ node: document.contents as Node | null, key: null }];
    for (const part of path) {
      const step = descend(document, steps[steps.length - 1]?.node ?? null, part);
      if (step === undefined) break;
      steps.push(step);
    }
    return steps;
  };
  const offsetOf = (steps: readonly Step[]): number =>
    steps
      .map(({ node, key }) => startOf(node) ?? startOf(key))
      .findLast((it) => it !== undefined) ?? 0;
  const paths = new WeakMap<Place, Path>();
  const remember = (place: Place, path: Path): Place => {
    paths.set(place, path);
    return place;
  };
  return {
    placeOf: (path) => remember(at(offsetOf(find(path)), formatPath(document, path)), path),
    placeOfKey: (path) => {
      const steps = find(path);
      const key = steps.length > path.length ? steps[path.length]?.key : null;
      const offset = startOf(key ?? null) ?? offsetOf(steps);
      return remember(at(offset, formatPath(document, path)), path);
    },
    placeAt: (offset) => at(offset, ""),
    pathOf: (place) => paths.get(place),
  };
}

function startOf(node: Node | null): number | undefined {
  return node?.range?.[0];
}

function descend(document: Document, node: Node | null, part: string | number): Step | undefined {
  const parent = resolveAlias(document, node);
  if (isSeq(parent)) {
    const item = parent.items[Number(part)];
    if (item === undefined) return undefined;
    // `- key: value` in a list with one pair in flow style is a pair.
    return isPair(item)
      ? { node: item.value as Node, key: null }
      : { node: item as Node, key: null };
  }
  if (!isMap(parent)) return undefined;
  const pair = findPair(document, parent, String(part));
  return pair && { node: pair.value as Node | null, key: pair.key as Node | null };
}

function findPair(document: Document, map: YAMLMap, key: string, depth = 0): Pair | undefined {
  const own = map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
  if (own !== undefined || depth > 16) return own;
  for (const pair of map.items) {
    if (!isScalar(pair.key) || String(pair.key.value) !== "<<") continue;
    const merged = resolveAlias(document, pair.value as Node | null);
    for (const source of isSeq(merged) ? merged.items : [merged]) {
      const found = resolveAlias(document, source as Node | null);
      const inherited = isMap(found) ? findPair(document, found, key, depth + 1) : undefined;
      if (inherited) return inherited;
    }
  }
  return undefined;
}

function resolveAlias(document: Document, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

/**
 * `alerts["Slow answers"].when`: an item of a list is called by its name where it has one, because
 * that stays when the list is sorted anew.
 */
function formatPath(document: Document, path: Path): string {
  let text = "";
  let node = document.contents as Node | null;
  for (const part of path) {
    const next = descend(document, node, part)?.node ?? null;
    if (typeof part === "number") text += `[${nameOf(document, next) ?? part}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(part)) text += text === "" ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
    node = next;
  }
  return text;
}

function nameOf(document: Document, node: Node | null): string | undefined {
  const item = resolveAlias(document, node);
  const name = isMap(item) ? findPair(document, item, "name")?.value : undefined;
  const value = isScalar(name) ? name.value : undefined;
  return typeof value === "string" && value !== "" ? JSON.stringify(value) : undefined;
}
