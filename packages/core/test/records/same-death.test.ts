import { expect, it } from "vitest";
import { isSameDeath, type ReportedDeath } from "../../src/index.ts";

const ID = "3f2a1b9c4d5e";
const STARTED = 1_795_000_000_000;
const DIED = STARTED + 600_000;

const container: ReportedDeath = { containerId: ID, startedAt: STARTED, diedAt: DIED };

it.each([
  ["a process that began with its container and died a beat before it", {}, true],
  ["whole ids as well as short ones", { containerId: `${ID}${"0".repeat(52)}` }, true],
  ["a process that a script started minutes later", { startedAt: STARTED + 300_000 }, true],
  ["a start that Docker wrote down after the fact", { startedAt: STARTED - 900 }, true],
  ["a last line that is stamped after Docker's death", { diedAt: DIED + 1_500 }, true],
  ["an event loop that was blocked for 40 s", { diedAt: DIED - 40_000 }, true],
  ["a process whose start nobody knows", { startedAt: undefined }, true],
  ["a process of the run before", { startedAt: STARTED - 60_000, diedAt: STARTED - 500 }, false],
  ["a process that began before this run", { startedAt: STARTED - 2_500 }, false],
  ["a worker that died long before the container", { diedAt: DIED - 61_000 }, false],
  ["a process of the next run", { startedAt: DIED + 3_000, diedAt: DIED + 9_000 }, false],
  ["another container", { containerId: "aaaaaaaaaaaa" }, false],
  ["a process outside of containers", { containerId: undefined }, false],
] as const)("%s", (_, process, expected) => {
  const death = { containerId: ID, startedAt: STARTED + 400, diedAt: DIED - 700, ...process };
  expect(isSameDeath(container, death)).toBe(expected);
});

it("needs whole ids: an empty or short one is no container", () => {
  for (const containerId of [undefined, "", "3f2a"]) {
    expect(isSameDeath({ ...container, containerId }, { ...container, containerId })).toBe(false);
  }
});
