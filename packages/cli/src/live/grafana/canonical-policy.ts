import type { Json } from "../../plan/resource.ts";
import { type Body, list, object, omit, textOf, without } from "./canonical-json.ts";
import { canonicalDuration } from "./duration-text.ts";

export function canonicalPolicy(body: Body): Body {
  return without({
    routes: list(body["routes"]).map((route) => canonicalRoute(object(route))),
    position: positionOf(body["othersBefore"]),
  });
}

/** A route of others before ours may take the alerts that are for us. */
function positionOf(othersBefore: Json | undefined): string {
  return othersBefore ? `behind ${othersBefore} of others` : "first";
}

function canonicalRoute(route: Body): Body {
  return without({
    ...routeTimes(omit(route, ["object_matchers", "matchers", "match", "match_re", "provenance"])),
    matchers: matchersOf(route),
    continue: route["continue"] || null,
    routes:
      list(route["routes"]).length > 0
        ? list(route["routes"]).map((child) => canonicalRoute(object(child)))
        : null,
  });
}

/** Three spellings of the same, of which the order does not matter. */
function matchersOf(route: Body): Json {
  const triples = [
    ...list(route["object_matchers"]).map((matcher) => list(matcher).map(textOf)),
    ...Object.entries(object(route["match"])).map(([name, value]) => [name, "=", textOf(value)]),
    ...Object.entries(object(route["match_re"])).map(([name, value]) => [
      name,
      "=~",
      textOf(value),
    ]),
    ...list(route["matchers"]).map((text) => [textOf(text)]),
  ];
  return triples.map((triple) => triple.join(" ")).sort();
}

export function routeTimes(settings: Body): Body {
  const times = ["group_wait", "group_interval", "repeat_interval"];
  return without({
    ...omit(settings, times),
    ...Object.fromEntries(times.map((key) => [key, canonicalDuration(settings[key])])),
    // Shown in this order, grouped by the set.
    group_by: sortedOrNull(settings["group_by"]),
    mute_time_intervals: sortedOrNull(settings["mute_time_intervals"]),
    active_time_intervals: sortedOrNull(settings["active_time_intervals"]),
  });
}

function sortedOrNull(value: Json | undefined): Json {
  const names = list(value).map(textOf).sort();
  return names.length > 0 ? names : null;
}
