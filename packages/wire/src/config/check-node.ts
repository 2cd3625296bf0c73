import { closestName } from "@sightline/core";
import { getNodeValue, type Node } from "jsonc-parser";
import type { Field, ListField, MapField, ObjectField, ValueField } from "./fields.ts";

/** A fault by its place in the text. */
export interface NodeFault {
  readonly offset: number;
  readonly key: string;
  readonly message: string;
}

/** Every fault of one value and all that is in it. */
export function checkNode(node: Node, field: Field, key: string): NodeFault[] {
  switch (field.kind) {
    case "value":
      return checkValue(node, field, key);
    case "object":
      return checkObject(node, field, key);
    case "list":
      return checkList(node, field, key);
    case "map":
      return checkMap(node, field, key);
  }
}

function checkValue(node: Node, field: ValueField, key: string): NodeFault[] {
  const message = describeProblem(field, getNodeValue(node));
  return message === undefined ? [] : [{ offset: node.offset, key, message }];
}

/** What is wrong with a value, in words; undefined if nothing is. */
export function describeProblem(field: ValueField, given: unknown): string | undefined {
  const problem = field.check(given);
  if (problem === undefined) return undefined;
  const got = field.isSecret ? "something else" : shown(given);
  if (problem === "wrong") return `expected ${field.expected}, got ${got}`;
  return field.isSecret ? problem.why : `${got} cannot be used: ${problem.why}`;
}

function checkObject(node: Node, field: ObjectField, key: string): NodeFault[] {
  if (node.type !== "object") return [wrongType(node, key, "an object, { … }")];
  const properties = propertiesOf(node);
  const faults = properties.flatMap(({ name, nameNode, valueNode }) => {
    const child = Object.hasOwn(field.fields, name) ? field.fields[name] : undefined;
    if (child !== undefined) return checkNode(valueNode, child, join(key, name));
    return [
      { offset: nameNode.offset, key, message: unknownName(name, Object.keys(field.fields)) },
    ];
  });
  const given = new Set(properties.map(({ name }) => name));
  for (const name of field.required) {
    if (given.has(name)) continue;
    faults.push({ offset: node.offset, key, message: `expected "${name}" in it, got none` });
  }
  faults.push(...findDoubleNames(properties, key));
  if (faults.length > 0) return faults;
  const problems = field.rule?.(getNodeValue(node) as Readonly<Record<string, unknown>>) ?? [];
  return problems.map((problem) => {
    const place = properties.find(({ name }) => name === problem.key)?.valueNode ?? node;
    return { offset: place.offset, key: join(key, problem.key), message: problem.message };
  });
}

function unknownName(name: string, known: readonly string[]): string {
  const near = closestName(name, known);
  const hint = near === undefined ? `known are ${known.join(", ")}` : `did you mean "${near}"?`;
  return `"${name.slice(0, 80)}" is not a setting: ${hint}`;
}

function checkList(node: Node, field: ListField, key: string): NodeFault[] {
  if (node.type !== "array") return [wrongType(node, key, "a list, [ … ]")];
  const items = node.children ?? [];
  if (items.length > field.maxItems) {
    const message = `expected at most ${field.maxItems} entries, got ${items.length}`;
    return [{ offset: node.offset, key, message }];
  }
  return [
    ...items.flatMap((item, index) => checkNode(item, field.item, `${key}[${index}]`)),
    ...(field.uniqueBy === undefined ? [] : findDoubleItems(items, field.uniqueBy, key)),
  ];
}

function findDoubleItems(items: readonly Node[], by: string, key: string): NodeFault[] {
  const seen = new Map<unknown, number>();
  return items.flatMap((item, index) => {
    const node = propertiesOf(item).find(({ name }) => name === by)?.valueNode;
    if (node?.type !== "string") return [];
    const first = seen.get(node.value);
    if (first === undefined) {
      seen.set(node.value, index);
      return [];
    }
    const message = `${shown(node.value)} is given in ${key}[${first}] already; expected each ${by} once`;
    return [{ offset: node.offset, key: `${key}[${index}].${by}`, message }];
  });
}

function checkMap(node: Node, field: MapField, key: string): NodeFault[] {
  if (node.type !== "object") return [wrongType(node, key, "an object, { … }")];
  const properties = propertiesOf(node);
  const faults = properties.flatMap(({ name, nameNode, valueNode }) =>
    field.isKey(name)
      ? checkNode(valueNode, field.value, join(key, name))
      : [
          {
            offset: nameNode.offset,
            key,
            message: `expected ${field.expectedKey}, got ${shown(name)}`,
          },
        ],
  );
  return [...faults, ...findDoubleNames(properties, key)];
}

interface Property {
  readonly name: string;
  readonly nameNode: Node;
  readonly valueNode: Node;
}

function propertiesOf(node: Node): Property[] {
  if (node.type !== "object") return [];
  return (node.children ?? []).flatMap(({ children: [nameNode, valueNode] = [] }) =>
    nameNode && valueNode ? [{ name: String(nameNode.value), nameNode, valueNode }] : [],
  );
}

/** JSON keeps the last one without a word. */
function findDoubleNames(properties: readonly Property[], key: string): NodeFault[] {
  const seen = new Set<string>();
  return properties.flatMap(({ name, nameNode }) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [
      {
        offset: nameNode.offset,
        key: join(key, name),
        message: "is given twice; expected it once",
      },
    ];
  });
}

function wrongType(node: Node, key: string, expected: string): NodeFault {
  // Never the value: in place of a map of headers it may be a header.
  return { offset: node.offset, key, message: `expected ${expected}, got ${kindOf(node)}` };
}

function kindOf(node: Node): string {
  const names = { array: "a list", object: "an object", string: "a text", null: "null" } as const;
  return names[node.type as keyof typeof names] ?? String(node.value);
}

function join(key: string, name: string): string {
  if (name === "") return key;
  const part = name.slice(0, 80);
  return key === "" ? part : `${key}.${part}`;
}

function shown(given: unknown): string {
  if (typeof given === "string") return `"${given.slice(0, 80)}"`;
  if (typeof given === "object" && given !== null)
    return Array.isArray(given) ? "a list" : "an object";
  return String(given);
}
