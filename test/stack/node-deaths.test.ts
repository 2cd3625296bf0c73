/** Each way of dying on a real collector and Loki: every line once, and the reason. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEATH_CELLS, DEATH_LINES, runDeath } from "../harness/node-deaths.ts";
import { createTestStack, type TestStack } from "../harness/stack.ts";

let stack: TestStack;
let data: string;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "sightline-deaths-"));
  stack = await createTestStack();
  const up = await stack.run("up", "--only", "stack", "--mode", "embedded");
  expect(up.code, up.stderr).toBe(0);
}, 300_000);

afterAll(async () => {
  await stack.dispose();
  rmSync(data, { recursive: true, force: true });
});

it.each(DEATH_CELLS.map((cell, index) => [cell.name, cell, index] as const))(
  "%s: all lines are in Loki once, with the verdict",
  async (_, cell, index) => {
    const service = `dying-${index}`;
    const result = await runDeath({
      cell,
      service,
      data,
      otlpUrl: stack.url("otlp"),
      lokiUrl: stack.url("loki"),
      env: stack.env,
    });
    if (result.status === "skipped") {
      console.log(`${cell.name} was not tried: ${result.reason}`);
      return;
    }
    console.log(`${cell.name}: ${result.evidence.join(" / ")}`);
    expect(result).toMatchObject({
      storedLines: DEATH_LINES,
      doubledLines: 0,
      verdicts: cell.verdict === "clean" ? [] : [cell.verdict],
    });
  },
);
