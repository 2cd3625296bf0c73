import { describe, expect, it } from "vitest";
import { canonicalGrafana } from "../../../src/live/grafana/canonical.ts";
import { diffBodies } from "../../../src/plan/diff-bodies.ts";
import type { Json, Resource, ResourceKind } from "../../../src/plan/resource.ts";

function differing(
  kind: ResourceKind,
  wanted: Record<string, Json>,
  live: Record<string, Json>,
): readonly string[] {
  const of = (body: Record<string, Json>): Resource["body"] =>
    canonicalGrafana({ kind, id: "x", title: "x", body, owner: "ours" }).body;
  return diffBodies(of(live), of(wanted)).properties.map(({ path }) => path);
}

const step = (model: Record<string, Json>, more: Record<string, Json> = {}): Json => ({
  refId: "A",
  datasourceUid: "p",
  model,
  ...more,
});

describe("what a server adds, orders or spells differently is no change", () => {
  const cases: readonly [string, ResourceKind, Record<string, Json>, Record<string, Json>][] = [
    ["durations", "rule", { for: "4d" }, { for: "96h0m0s" }],
    ["no duration", "rule", {}, { for: "0s", keep_firing_for: "0s" }],
    [
      "what the server adds",
      "rule",
      { title: "x" },
      { title: "x", id: 7, uid: "u", orgID: 1, updated: "now", provenance: "api" },
    ],
    ["empty maps", "rule", {}, { labels: {}, annotations: {}, notification_settings: null }],
    ["unset counts", "rule", {}, { missingSeriesEvalsToResolve: -1 }],
    ["default states", "rule", {}, { noDataState: "NoData", execErrState: "Alerting" }],
    [
      "defaults of a query",
      "rule",
      { data: [step({ expr: "up" })] },
      {
        data: [
          step(
            {
              expr: "up",
              refId: "A",
              intervalMs: 1000,
              maxDataPoints: 43200,
              hide: false,
              editorMode: "code",
              datasource: { uid: "p" },
            },
            { queryType: "", relativeTimeRange: { from: 0, to: 0 } },
          ),
        ],
      },
    ],
    [
      "the order of steps",
      "rule",
      {
        data: [
          { refId: "A", model: {} },
          { refId: "B", model: {} },
        ],
      },
      {
        data: [
          { refId: "B", model: {} },
          { refId: "A", model: {} },
        ],
      },
    ],
    [
      "numbers as text",
      "contact-point",
      { settings: { chatid: 7 } },
      { settings: { chatid: "7" } },
    ],
    ["false", "contact-point", { settings: {} }, { settings: {}, disableResolveMessage: false }],
    [
      "spellings of matchers",
      "policy",
      { routes: [{ object_matchers: [["a", "=", "b"]] }] },
      { routes: [{ match: { a: "b" }, continue: false, routes: [] }] },
    ],
    [
      "durations and orders of routes",
      "policy",
      { routes: [{ group_wait: "1m", group_by: ["a", "b"] }] },
      { routes: [{ group_wait: "60s", group_by: ["b", "a"] }] },
    ],
    [
      "names of days",
      "mute-timing",
      { time_intervals: [{ weekdays: ["Monday:Friday"] }] },
      { time_intervals: [{ weekdays: ["monday:friday"], location: "UTC" }] },
    ],
    ["line ends", "template", { template: "a\nb\n" }, { template: "a\r\nb" }],
    [
      "a saved dashboard",
      "dashboard",
      { folderUid: "f", dashboard: { title: "x", panels: [{ type: "text" }], tags: ["a", "b"] } },
      {
        folderUid: "f",
        dashboard: {
          title: "x",
          id: 4,
          uid: "x",
          version: 9,
          schemaVersion: 41,
          tags: ["b", "a"],
          editable: true,
          annotations: { list: [{ builtIn: 1, name: "Annotations & Alerts" }] },
          panels: [{ id: 1, type: "text", pluginVersion: "12.4.0", options: {} }],
        },
      },
    ],
  ];

  it.each(cases)("%s", (_, kind, wanted, live) => {
    expect(differing(kind, wanted, live)).toEqual([]);
  });
});

describe("what really differs is a change", () => {
  const cases: readonly [string, ResourceKind, Record<string, Json>, Record<string, Json>][] = [
    ["for", "rule", { for: "5m" }, { for: "6m" }],
    ["isPaused", "rule", { isPaused: false }, { isPaused: true }],
    ["execErrState", "rule", { execErrState: "Error" }, { execErrState: "" }],
    [
      "data.A.model.expr",
      "rule",
      { data: [step({ expr: "up" })] },
      { data: [step({ expr: "down" })] },
    ],
    ["settings.chatid", "contact-point", { settings: { chatid: 7 } }, { settings: { chatid: 8 } }],
    [
      "routes[0].receiver",
      "policy",
      { routes: [{ receiver: "a" }, { receiver: "a" }] },
      { routes: [{ receiver: "b" }, { receiver: "a" }] },
    ],
    ["position", "policy", { routes: [] }, { routes: [], othersBefore: 1 }],
    ["dashboard.panels[0].title", "dashboard", board("a"), board("b")],
    ["storedVersion", "dashboard", board("a"), { ...board("a"), storedVersion: "v2beta1" }],
    ["folderUid", "dashboard", { ...board("a"), folderUid: "f" }, board("a")],
  ];

  it.each(cases)("%s", (path, kind, wanted, live) => {
    expect(differing(kind, wanted, live)).toEqual([path]);
  });
});

function board(title: string): Record<string, Json> {
  return { dashboard: { panels: [{ type: "text", title }] } };
}
