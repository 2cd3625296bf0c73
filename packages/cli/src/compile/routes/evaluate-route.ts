import type { MuteTiming } from "../model.ts";
import { containsTime } from "./contains-time.ts";
import { isMatch } from "./matchers.ts";
import type { RouteNode } from "./route-tree.ts";

type Labels = Readonly<Record<string, string>>;

export interface Delivery {
  /** `null`: nobody. */
  readonly contact: string | null;
  /** Why it is not sent at this time; undefined: it is. */
  readonly quietBy: string | undefined;
}

/**
 * Who gets an alert with these labels at this time: the nodes on which it ends, as Alertmanager finds
 * them (dispatch/route.go): into the first child that matches, and on to the next ones where it continues.
 */
export function evaluateRoute(
  tree: RouteNode,
  labels: Labels,
  atMillis: number,
  timings: readonly MuteTiming[] = [],
): readonly Delivery[] {
  const ends = walk(tree, labels, null) ?? [];
  return ends.map(({ node, contact }) => ({ contact, quietBy: quietBy(node, timings, atMillis) }));
}

interface End {
  readonly node: RouteNode;
  readonly contact: string | null;
}

function walk(node: RouteNode, labels: Labels, inherited: string | null): End[] | undefined {
  if (!node.matchers.every((matcher) => isMatch(matcher, labels))) return undefined;
  const contact = node.contact === undefined ? inherited : node.contact;
  const ends: End[] = [];
  for (const child of node.routes) {
    const found = walk(child, labels, contact);
    if (found === undefined) continue;
    ends.push(...found);
    if (!child.continues) break;
  }
  return ends.length > 0 ? ends : [{ node, contact }];
}

function quietBy(
  { mute, active }: RouteNode,
  timings: readonly MuteTiming[],
  atMillis: number,
): string | undefined {
  const holds = (name: string) => {
    const timing = timings.find((it) => it.name === name);
    return timing !== undefined && containsTime(timing, atMillis);
  };
  const muting = mute.find(holds);
  if (muting !== undefined) return `muted by "${muting}"`;
  if (active.length === 0 || active.some(holds)) return undefined;
  return `told only in ${active.map((name) => `"${name}"`).join(", ")}`;
}
