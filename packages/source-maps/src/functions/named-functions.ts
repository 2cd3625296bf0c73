import type { AnyNode, Class, Identifier, Node, PrivateIdentifier } from "acorn";
import type { OriginalNames, SourcePlace } from "./original-names.ts";

/** A function of the built code and its name in the source, by offsets. */
export interface NamedFunction {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** Where its head is in the source, as far as the map tells. */
  readonly home: SourcePlace | undefined;
}

interface Visit {
  readonly node: AnyNode;
  /** What the place says that a function here is called: the variable it is assigned to, its key. */
  readonly hint: string | undefined;
  /** The class that members belong to. */
  readonly className: string | undefined;
}

/** Functions with a name, outer ones first. Those without belong to the function around them. */
export function findNamedFunctions(program: Node, names: OriginalNames): NamedFunction[] {
  const found: Omit<NamedFunction, "home">[] = [];
  // Own stack: minified code nests deeper than calls may.
  const visits: Visit[] = [{ node: program as AnyNode, hint: undefined, className: undefined }];
  for (let visit = visits.pop(); visit !== undefined; visit = visits.pop()) {
    const named = nameOf(visit, names);
    if (named !== undefined) found.push(named);
    visits.push(...childrenOf(visit, names));
  }
  return found
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .map((one) => ({ ...one, home: names.placeOf(one.start) }));
}

function nameOf(
  { node, hint, className }: Visit,
  names: OriginalNames,
): Omit<NamedFunction, "home"> | undefined {
  const { start, end } = node;
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression": {
      const own = node.id ? identifierName(node.id, names) : undefined;
      const name = own ?? names.declaredAt(start) ?? hint ?? names.guessedAt(start);
      return name === undefined ? undefined : { start, end, name };
    }
    case "PropertyDefinition": {
      // Where fields are not native, compilers move this into the constructor: the same name for both.
      const { value } = node;
      if (!value || node.static || className === undefined || isFunction(value)) return undefined;
      return { start: value.start, end: value.end, name: `new ${className}` };
    }
    case "StaticBlock":
      return hint === undefined ? undefined : { start, end, name: hint };
    default:
      return undefined;
  }
}

function childrenOf(visit: Visit, names: OriginalNames): Visit[] {
  const { node, hint, className } = visit;
  const plain = (child: AnyNode | null | undefined, itsHint?: string): Visit[] =>
    child ? [{ node: child, hint: itsHint, className }] : [];
  switch (node.type) {
    case "VariableDeclarator":
      return [...plain(node.id), ...plain(node.init, hintOf(node.id, node.init, names))];
    case "AssignmentExpression":
      return [...plain(node.left), ...plain(node.right, hintOf(node.left, node.right, names))];
    case "AssignmentPattern":
      return [...plain(node.left), ...plain(node.right, hintOf(node.left, node.right, names))];
    case "Property":
      return [
        ...(node.computed ? plain(node.key) : []),
        ...plain(node.value, node.computed ? undefined : keyName(node.key, names)),
      ];
    case "ClassDeclaration":
    case "ClassExpression":
      return classChildren(node, hint, names);
    case "MethodDefinition":
    case "PropertyDefinition":
      return memberChildren(visit, names);
    case "StaticBlock":
      return node.body.flatMap((child) => plain(child));
    // What a value passes through on its way to its name.
    case "LogicalExpression":
      return [...plain(node.left), ...plain(node.right, hint)];
    case "ConditionalExpression":
      return [...plain(node.test), ...plain(node.consequent, hint), ...plain(node.alternate, hint)];
    case "SequenceExpression":
      return node.expressions.flatMap((child, index) =>
        plain(child, index === node.expressions.length - 1 ? hint : undefined),
      );
    case "CallExpression":
      return [
        ...plain(node.callee),
        ...node.arguments.flatMap((child, index) =>
          plain(child, index === 0 && isWrapper(node.callee) ? hint : undefined),
        ),
      ];
    default:
      return anyChildren(node).map((child) => ({ node: child, hint: undefined, className }));
  }
}

const WRAPPERS =
  /^(?:memo|forwardRef|lazy|use[A-Z]\w*|debounce|throttle|once|memoize|wrap|bind|action|observer|computed|create[A-Z]\w*|define[A-Z]\w*|with[A-Z]\w*)$/;

/**
 * `const Cart = memo(() => …)`: the function that is wrapped has the name. `const prices =
 * items.map(() => …)`: it belongs to the function around it.
 */
function isWrapper(callee: AnyNode): boolean {
  if (callee.type === "SequenceExpression") {
    const last = callee.expressions.at(-1);
    return last !== undefined && isWrapper(last);
  }
  if (callee.type !== "MemberExpression") return callee.type === "Identifier";
  return callee.property.type === "Identifier" && WRAPPERS.test(callee.property.name);
}

function isFunction({ type }: Node): boolean {
  return type === "ArrowFunctionExpression" || type === "FunctionExpression";
}

/** Name for what is assigned. A wrapped function takes one that stands in the source alone. */
function hintOf(
  target: AnyNode,
  value: AnyNode | null | undefined,
  names: OriginalNames,
): string | undefined {
  if (target.type === "Identifier") {
    return value?.type === "CallExpression"
      ? names.mappedNameAt(target.start)
      : identifierName(target, names);
  }
  if (target.type !== "MemberExpression" || target.computed) return undefined;
  const name = keyName(target.property, names);
  const owner = name === undefined ? undefined : ownerName(target.object, names);
  return owner === undefined ? name : `${owner}.${name}`;
}

/** `Cart` of `Cart.prototype.total` and `Cart.from`; nothing of `exports`, `module`, `this`. */
function ownerName(object: AnyNode, names: OriginalNames): string | undefined {
  if (object.type === "Identifier") {
    const name = names.mappedNameAt(object.start);
    return name !== undefined && /^\p{Lu}/u.test(name) ? name : undefined;
  }
  const isPrototype =
    object.type === "MemberExpression" &&
    object.property.type === "Identifier" &&
    object.property.name === "prototype";
  return isPrototype ? ownerName(object.object, names) : undefined;
}

function identifierName(
  { start, name }: Identifier | PrivateIdentifier,
  names: OriginalNames,
): string | undefined {
  return names.nameAt(start, name);
}

/** Keys of bundlers are numbers and paths; those of people are names. */
function keyName(key: AnyNode, names: OriginalNames): string | undefined {
  if (key.type === "Identifier") return names.keyAt(key.start, key.name);
  if (key.type === "PrivateIdentifier") return names.keyAt(key.start, `#${key.name}`);
  return undefined;
}

function classChildren(node: Class, hint: string | undefined, names: OriginalNames): Visit[] {
  const className = (node.id ? identifierName(node.id, names) : undefined) ?? hint;
  return [
    ...(node.superClass
      ? [{ node: node.superClass as AnyNode, hint: undefined, className: undefined }]
      : []),
    ...node.body.body.map((member) => ({
      node: member as AnyNode,
      hint: member.type === "StaticBlock" ? className : undefined,
      className,
    })),
  ];
}

function memberChildren({ node, className }: Visit, names: OriginalNames): Visit[] {
  if (node.type !== "MethodDefinition" && node.type !== "PropertyDefinition") return [];
  const { key, value, computed } = node;
  const isConstructor = node.type === "MethodDefinition" && node.kind === "constructor";
  const name = computed ? undefined : keyName(key, names);
  const owned = className === undefined || name === undefined ? name : `${className}.${name}`;
  const hint = isConstructor ? (className === undefined ? name : `new ${className}`) : owned;
  return [
    ...(computed ? [{ node: key as AnyNode, hint: undefined, className: undefined }] : []),
    ...(value ? [{ node: value as AnyNode, hint, className: undefined }] : []),
  ];
}

function anyChildren(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) for (const one of value) if (isNode(one)) children.push(one);
    if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}
