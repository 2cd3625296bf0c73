import type { CompileInput } from "../compile-spec.ts";
import type { Route } from "../model.ts";
import type { FaultSink, Path } from "./fault-sink.ts";
import { checkMatcher, parseMatcher } from "./matchers.ts";

const DEFAULT_PRIORITY = 100;

/** A route, and where it stands in the file: the order of asking is another. */
export interface ReadRoute {
  readonly route: Route;
  readonly index: number;
  /** All its matchers could be read. */
  readonly isWhole: boolean;
}

/** In the order in which they are asked. */
export function readRoutes({ document }: CompileInput, sink: FaultSink): readonly ReadRoute[] {
  const { routes } = document.spec;
  const ordered = routes
    .map((given, index) => ({ given, index }))
    .sort((a, b) => priorityOf(a.given) - priorityOf(b.given) || a.index - b.index);
  return ordered.map(({ given, index }) => {
    const path = ["routes", index];
    for (const key of ["group_interval", "repeat_interval"] as const) {
      if (given[key] !== 0) continue;
      sink.error(
        "route-interval",
        `${key} is 0; expected more`,
        [...path, key],
        "write 1m or more",
      );
    }
    const matchers = readMatchers(given.match, [...path, "match"], sink);
    checkGroupBy(given.group_by, [...path, "group_by"], sink);
    return {
      index,
      isWhole: matchers.length === Object.keys(given.match).length,
      route: {
        id: given.name ?? `route ${index + 1}`,
        matchers,
        contacts: [...new Set(given.tell)],
        groupBy: given.group_by,
        groupWaitMillis: given.group_wait,
        groupIntervalMillis: given.group_interval,
        repeatIntervalMillis: given.repeat_interval,
        mute: given.mute ?? [],
        active: given.active ?? [],
        continues: given.continue ?? false,
        place: document.placeOf(path),
      },
    };
  });
}

function priorityOf({ priority }: { readonly priority?: number | undefined }): number {
  return priority ?? DEFAULT_PRIORITY;
}

function checkGroupBy(labels: readonly string[] | undefined, path: Path, sink: FaultSink): void {
  if (labels === undefined) return;
  if (labels.includes("...") && labels.length > 1) {
    sink.error("route-group-by", '"..." means all labels; it stands alone', path);
  }
  for (const [index, label] of labels.entries()) {
    if (label.trim() === "")
      sink.error("route-group-by", "expected the name of a label", [...path, index]);
    if (labels.indexOf(label) < index) {
      sink.error(
        "route-group-by",
        `"${label}" stands there twice`,
        [...path, index],
        "take one away",
      );
    }
  }
}

type GivenMatch = readonly string[] | Readonly<Record<string, string | readonly string[]>>;

function readMatchers(given: GivenMatch, path: Path, sink: FaultSink): Route["matchers"] {
  if (isTexts(given)) {
    return given.flatMap((text, index) => {
      const result = parseMatcher(text);
      if (result.status === "ok") return [result.matcher];
      sink.error("matcher", result.message, [...path, index]);
      return [];
    });
  }
  return Object.entries(given).flatMap(([label, value]) => {
    const result = checkMatcher(
      typeof value === "string"
        ? { label, operator: "=", value }
        : { label, operator: "=~", value: value.map(escapeRegExp).join("|") },
    );
    if (result.status === "ok") return [result.matcher];
    sink.error("matcher", result.message, [...path, label]);
    return [];
  });
}

function isTexts(given: GivenMatch): given is readonly string[] {
  return Array.isArray(given);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
