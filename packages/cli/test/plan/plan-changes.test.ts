import { describe, expect, it } from "vitest";
import type { Place } from "../../src/fault.ts";
import { type PlanOptions, planChanges } from "../../src/plan/plan-changes.ts";
import { refusePrune } from "../../src/plan/prune-guard.ts";
import type { Json, Resource } from "../../src/plan/resource.ts";
import type { LiveState } from "../../src/plan/target.ts";

const place: Place = { file: "sightline.yaml", line: 3, column: 5, path: 'alerts["Slow"]' };

function rule(id: string, body: Record<string, Json>, more: Partial<Resource> = {}): Resource {
  return { kind: "rule", id, title: id, body, owner: "ours", ...more };
}

function plan(
  wanted: readonly Resource[],
  live: readonly Resource[],
  options: Partial<PlanOptions> = {},
  state: Partial<LiveState> = {},
) {
  return planChanges(
    { name: "prod", wanted, canonical: (resource) => resource },
    { resources: live, notObserved: [], version: "Grafana 12.4.0", requests: 11, ...state },
    { prune: false, adopt: false, ...options },
  );
}

describe("a plan", () => {
  it("says every property that differs, where the specification says it", () => {
    const wanted = rule(
      "a",
      { for: 60_000, labels: { severity: "critical" }, data: { A: { model: { expr: "up" } } } },
      { place },
    );
    const live = rule("a", { for: 120_000, labels: {}, data: { A: { model: { expr: "up2" } } } });
    expect(plan([wanted], [live]).changes).toEqual([
      {
        action: "update",
        kind: "rule",
        id: "a",
        title: "a",
        place,
        properties: [
          { path: 'alerts["Slow"].for', before: "120000", after: "60000", isSecret: false },
          {
            path: 'alerts["Slow"].severity',
            before: undefined,
            after: "critical",
            isSecret: false,
          },
          { path: 'alerts["Slow"].query', before: "up2", after: "up", isSecret: false },
        ],
      },
    ]);
  });

  it("counts what is as wanted, what is of others, and what is ours and no longer wanted", () => {
    const live = [rule("a", {}), rule("b", {}), rule("c", {}, { owner: "foreign" })];
    expect(plan([rule("a", {})], live)).toMatchObject({
      unchanged: 1,
      foreign: 1,
      changes: [],
      orphans: [{ action: "delete", id: "b" }],
      requests: 11,
    });
    expect(plan([rule("a", {})], live, { prune: true })).toMatchObject({
      changes: [{ action: "delete", id: "b" }],
      orphans: [],
    });
  });

  it("makes folders before rules, and deletes the other way round", () => {
    const folder: Resource = { kind: "folder", id: "f", title: "f", body: {}, owner: "ours" };
    const both = [rule("a", {}), folder];
    expect(plan(both, []).changes.map(({ kind }) => kind)).toEqual(["folder", "rule"]);
    const deleted = plan([], both, { prune: true }).changes;
    expect(deleted.map(({ kind }) => kind)).toEqual(["rule", "folder"]);
  });

  it("takes nothing for missing that could not be looked for", () => {
    const notObserved = [{ kind: "rule" as const, reason: "403" }];
    const made = plan([rule("a", {})], [], {}, { notObserved });
    expect(made.changes).toEqual([]);
    expect(made.blocked).toMatchObject([{ reason: expect.stringContaining("403") }]);
  });

  it("never writes what is locked, with --adopt and --prune too", () => {
    const locked = { owner: "foreign" as const, locked: "it is of a file" };
    const options = { adopt: true, prune: true };
    const live = [rule("a", { x: 1 }, locked), rule("b", {}, { locked: "it is of a file" })];
    const made = plan([rule("a", { x: 2 })], live, options);
    expect(made.changes).toEqual([]);
    expect(made.blocked).toMatchObject([{ reason: "it is of a file" }]);
  });

  it("does not shift a list by what came in between", () => {
    const [a, b, c] = [{ name: "a" }, { name: "b" }, { name: "c" }];
    const made = plan([rule("r", { routes: [a, b, c] })], [rule("r", { routes: [a, c] })]);
    expect(made.changes[0]?.properties).toEqual([
      { path: "routes[1].name", before: undefined, after: "b", isSecret: false },
    ]);
  });

  it("does not see the order of keys as a change", () => {
    const wanted = rule("a", { data: [[{ x: 1, y: 2 }], "z"] });
    const live = rule("a", { data: [[{ y: 2, x: 1 }], "z"] });
    expect(plan([wanted], [live]).changes).toEqual([]);
  });
});

describe("secrets of a plan", () => {
  const wanted = rule("a", { url: { $secret: "${env:URL}" } }, { place });
  const withState = ($state: string): Resource => rule("a", { url: { $secret: true, $state } });

  it.each([
    ["same", 0, 0],
    ["unknown", 0, 1],
    ["changed", 1, 0],
    ["unrecorded", 1, 0],
  ])("that are %s make %i changes and %i that are not known", (state, changes, unknown) => {
    const made = plan([wanted], [withState(state)]);
    expect([made.changes.length, made.unknownSecrets.length]).toEqual([changes, unknown]);
    expect(made.changes[0]?.properties.every(({ isSecret }) => isSecret) ?? true).toBe(true);
  });

  it("hide what somebody wrote in their place", () => {
    const made = plan([wanted], [rule("a", { url: "https://CANARY" })]);
    expect(JSON.stringify(made)).not.toContain("CANARY");
    expect(made.changes).toHaveLength(1);
  });
});

describe("the token of a plan", () => {
  const tokenOf = (...args: Parameters<typeof plan>): string => plan(...args).token;
  const wanted = [rule("a", { x: 1 })];
  const base = tokenOf(wanted, []);

  it("stays while nothing of ours changes, whatever others do", () => {
    expect(tokenOf(wanted, [rule("b", { y: 1 }, { owner: "foreign" })])).toBe(base);
    expect(tokenOf(wanted, [], { prune: true })).toBe(base);
  });

  it("changes with what is wanted, with what is there, and with whose it is", () => {
    const others = [
      tokenOf([rule("a", { x: 2 })], []),
      tokenOf(wanted, [rule("a", { x: 3 })]),
      tokenOf(wanted, [rule("a", { x: 3 }, { owner: "foreign" })]),
      tokenOf(wanted, [rule("b", {})]),
    ];
    expect(new Set([base, ...others]).size).toBe(5);
  });
});

describe("the guard of --prune", () => {
  const many = (count: number): Resource[] =>
    Array.from({ length: count }, (_, index) => rule(`r${index}`, {}));
  const refusal = (kept: number, deleted: number): string | undefined =>
    refusePrune(plan(many(kept), many(kept + deleted), { prune: true }));

  it.each([
    [0, 3],
    [10, 10],
    [100, 20],
  ])("lets %i stay and %i go", (kept, deleted) => {
    expect(refusal(kept, deleted)).toBeUndefined();
  });

  it.each([
    [0, 4, "4 of 4"],
    [9, 10, "10 of 19"],
    [500, 21, "more than 20"],
  ])("refuses that %i stay and %i go", (kept, deleted, text) => {
    expect(refusal(kept, deleted)).toContain(text);
  });
});
