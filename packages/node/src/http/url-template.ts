/** What stands where a path has an id. */
const ID = "{id}";
/** What stands for what comes after the deepest segment that is looked at. */
const REST = "{rest}";

const MAX_SEGMENTS = 10;
/** More names than these at one place of a path are names of things, not of routes. */
const MAX_SIBLINGS = 20;
const MAX_NODES = 400;
const MAX_NAME_CHARACTERS = 40;

/** Shapes of ids; each is linear. */
const ID_SHAPES: readonly RegExp[] = [
  // Numbers, dates, versions of things: 42, 2026-11-23, 10.1.2.3
  /^[\d._:,-]{0,40}\d[\d._:,-]{0,40}$/,
  // UUIDs and other hexadecimal digits with a number among them
  /^(?=[a-f-]{0,40}\d)[\da-f-]{8,40}$/i,
  // cus_42, order-2026
  /^[a-z]{1,20}[_-]\d{2,20}$/i,
  // Mixed letters and digits, as tokens are: NffrFeUfNV2Hib
  /^(?=[^\d]{0,40}\d)(?=[^A-Z]{0,40}[A-Z])[\w-]{10,40}$/,
];

type Node = { children: Map<string, Node> | undefined; isVariable: boolean };

export type UrlTemplates = {
  /** @param path as sent; a query is left out. */
  templateOf(path: string): string;
};

/**
 * Learns the templates of one host's paths: `/users/42` is `/users/{id}` by its shape, and
 * `/users/alice` is too, once more than twenty names were seen there. Bounded in memory, whatever the
 * paths are.
 */
export function createUrlTemplates(): UrlTemplates {
  const root: Node = createNode();
  let nodes = 1;

  function step(node: Node, segment: string): { name: string; next: Node } {
    const children = node.children ?? new Map<string, Node>();
    node.children = children;
    const name = node.isVariable || isId(segment) ? ID : segment;
    const known = children.get(name);
    if (known !== undefined) return { name, next: known };
    const isFull = children.size >= MAX_SIBLINGS || nodes >= MAX_NODES;
    if (name !== ID && isFull) {
      if (children.size >= MAX_SIBLINGS) node.isVariable = true;
      return step({ ...node, isVariable: true, children }, segment);
    }
    const next = createNode();
    if (nodes < MAX_NODES + MAX_SIBLINGS) {
      nodes += 1;
      children.set(name, next);
    }
    return { name, next };
  }

  return {
    templateOf(path) {
      const end = path.search(/[?#]/);
      const segments = (end < 0 ? path : path.slice(0, end)).split("/", MAX_SEGMENTS + 2).slice(1);
      let node = root;
      let template = "";
      for (const segment of segments.slice(0, MAX_SEGMENTS)) {
        const { name, next } = step(node, segment);
        template += `/${name}`;
        node = next;
      }
      if (segments.length > MAX_SEGMENTS) template += `/${REST}`;
      return template === "" ? "/" : template;
    },
  };
}

function createNode(): Node {
  return { children: undefined, isVariable: false };
}

function isId(segment: string): boolean {
  if (segment.length > MAX_NAME_CHARACTERS) return true;
  // Something written out of a text: an e-mail address, a name with spaces.
  if (/[%@+=]/.test(segment)) return true;
  return ID_SHAPES.some((shape) => shape.test(segment));
}
