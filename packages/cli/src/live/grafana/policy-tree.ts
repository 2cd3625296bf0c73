import { ALERT_LABEL } from "@sightline/core";

/** A node of Grafana's notification policies, as its API has it. */
export interface PolicyNode {
  readonly receiver?: string;
  readonly object_matchers?: readonly (readonly string[])[];
  readonly matchers?: readonly unknown[];
  readonly routes?: readonly PolicyNode[];
  readonly [key: string]: unknown;
}

export interface SplitTree {
  readonly ours: readonly PolicyNode[];
  /** Other people's and tools' routes that are asked before ours. */
  readonly othersBefore: number;
  readonly foreign: number;
}

/** Our routes among the root's children: those that match this project's label. */
export function splitTree(root: PolicyNode, project: string): SplitTree {
  const routes = root.routes ?? [];
  const last = routes.findLastIndex((route) => projectOf(route) === project);
  const others = routes
    .slice(0, Math.max(0, last))
    .filter((route) => projectOf(route) === undefined);
  const ours = routes.filter((route) => projectOf(route) === project);
  return { ours, othersBefore: others.length, foreign: routes.length - ours.length };
}

/**
 * The tree with our routes exchanged, and nothing else. They come first, since a route of others that
 * takes everything would keep alerts from ours; routes of other projects keep their place before.
 */
export function mergeTree(
  root: PolicyNode,
  project: string,
  wanted: readonly PolicyNode[],
): PolicyNode {
  const others = (root.routes ?? []).filter((route) => projectOf(route) !== project);
  const at = others.findIndex((route) => projectOf(route) === undefined);
  const index = at === -1 ? others.length : at;
  const routes = [...others.slice(0, index), ...wanted, ...others.slice(index)];
  const { provenance: _, routes: __, ...rest } = root;
  return { ...rest, ...(routes.length > 0 && { routes }) };
}

/** The project that a route is of; undefined where it is of people or of another tool. */
export function projectOf(route: PolicyNode): string | undefined {
  for (const [label, operator, value] of route.object_matchers ?? []) {
    if (label === ALERT_LABEL.project && operator === "=") return value;
  }
  return undefined;
}

/** Names of all receivers and timings that a subtree needs. */
export function referencesOf(nodes: readonly PolicyNode[]): {
  readonly receivers: ReadonlySet<string>;
  readonly timings: ReadonlySet<string>;
} {
  const receivers = new Set<string>();
  const timings = new Set<string>();
  const visit = (node: PolicyNode): void => {
    if (node.receiver) receivers.add(node.receiver);
    for (const key of ["mute_time_intervals", "active_time_intervals"]) {
      const names = node[key];
      if (Array.isArray(names)) for (const name of names) timings.add(String(name));
    }
    for (const child of node.routes ?? []) visit(child);
  };
  for (const node of nodes) visit(node);
  return { receivers, timings };
}
