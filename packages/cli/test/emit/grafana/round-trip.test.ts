import { describe, expect, it } from "vitest";
import { startGrafana } from "../../../../../test/harness/grafana/grafana.ts";
import type { Model, ModelTarget } from "../../../src/compile/model.ts";
import { createContext } from "../../../src/context.ts";
import { createTarget } from "../../../src/live/create-target.ts";
import { planChanges } from "../../../src/plan/plan-changes.ts";
import { GRAFANA_TARGET } from "../../support/compile-text.ts";
import { recordIo } from "../../support/io.ts";
import { randomModel } from "../../support/random-model.ts";

const CANARY = "https://secret.example.org/CANARY";
const OPTIONS = { prune: false, adopt: false };

/** Everything that an apply does, and what a plan says after it. */
async function roundTrip(model: Model, token: string): Promise<readonly string[]> {
  const io = recordIo({ GRAFANA_TOKEN: token, RANDOM_SECRET: CANARY });
  const { signal } = new AbortController();
  const read = async () => {
    const target = await createTarget(createContext(io), model);
    const result = await target.readLive(signal);
    if (result.status !== "ok") throw new Error(result.message);
    return { target, live: result.live, plan: planChanges(target, result.live, OPTIONS) };
  };
  const before = await read();
  expect(before.plan.blocked).toEqual([]);
  expect(before.plan.changes.length).toBeGreaterThan(3);
  const { applied } = await before.target.apply(
    before.plan.changes,
    before.live,
    () => undefined,
    signal,
  );
  const failed = applied.filter(({ outcome }) => outcome.status !== "done");
  expect(failed.map(({ change, outcome }) => [change.kind, change.title, outcome])).toEqual([]);
  const after = await read();
  return after.plan.changes.flatMap(({ kind, id, properties }) =>
    properties.map(({ path, before: was, after: is }) => `${kind} ${id} ${path}: ${was} → ${is}`),
  );
}

describe.each(["11.0.0", "12.4.0", "13.2.0"])("Grafana %s", (version) => {
  it("gives back what it was given, whatever the specification says", {
    timeout: 120_000,
  }, async () => {
    for (let seed = 1; seed <= 15; seed += 1) {
      const grafana = await startGrafana({ version });
      try {
        const target: ModelTarget = {
          ...GRAFANA_TARGET,
          url: grafana.url,
          token: { kind: "secret", from: "env", name: "GRAFANA_TOKEN" },
        } as ModelTarget;
        const changes = await roundTrip(randomModel(seed, target), grafana.token);
        expect({ seed, changes }).toEqual({ seed, changes: [] });
      } finally {
        await grafana.close();
      }
    }
  });
});
