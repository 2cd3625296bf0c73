import type { Fault } from "../fault.ts";
import type { Places } from "./places.ts";

/** Sections whose items are called by their names. */
const NAMED: Readonly<Record<string, string>> = {
  services: "services",
  contacts: "contacts",
  routes: "routes",
  mute_timings: "mute timings",
  templates: "templates",
  alerts: "alerts",
  slos: "SLOs",
  probes: "probes",
  route_tests: "route tests",
  targets: "targets",
  apps: "apps",
};

export function checkNames(
  sections: Readonly<Record<string, unknown>>,
  places: Places,
): readonly Fault[] {
  return Object.entries(NAMED).flatMap(([section, words]) => {
    const items = sections[section];
    return Array.isArray(items) ? checkSection(section, words, items, places) : [];
  });
}

function checkSection(
  section: string,
  words: string,
  items: readonly unknown[],
  places: Places,
): readonly Fault[] {
  const first = new Map<string, number>();
  return items.flatMap((item, index) => {
    const given = (item as { name?: unknown } | null)?.name;
    if (typeof given !== "string") return [];
    const name = given.trim();
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      return [];
    }
    const { line } = places.placeOf([section, before, "name"]);
    return [
      {
        check: "duplicate-name",
        severity: "error" as const,
        message: `two ${words} are named ${JSON.stringify(name)}; the other is in line ${line}`,
        advice: "give one of them another name",
        place: places.placeOf([section, index, "name"]),
      },
    ];
  });
}
