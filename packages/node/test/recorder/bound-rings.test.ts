import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { boundDeadRings } from "../../src/recorder/bound-rings.ts";

let parent: string;
const NOW = 1_795_000_000_000;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "sightline-bound-"));
});

afterEach(() => rmSync(parent, { recursive: true, force: true }));

function leave(name: string, agoMillis: number): void {
  mkdirSync(join(parent, name));
  writeFileSync(join(parent, name, "ring"), "");
  writeFileSync(join(parent, name, "owner.json"), "{}");
  const seconds = (NOW - agoMillis) / 1_000;
  utimesSync(join(parent, name, "owner.json"), seconds, seconds);
}

it("keeps the newest 64 of a service that dies again and again", () => {
  for (let n = 0; n < 100; n += 1) leave(`ring-${n}-ab`, 100_000 + n * 1_000);
  expect(boundDeadRings(parent, NOW)).toBe(36);
  const left = readdirSync(parent).sort();
  expect(left).toHaveLength(64);
  expect(left).toContain("ring-0-ab");
  expect(left).not.toContain("ring-64-ab");
  expect(boundDeadRings(parent, NOW)).toBe(0);
});

it("counts those that were claimed, and leaves everything else alone", () => {
  for (let n = 0; n < 70; n += 1) leave(`dead-ring-${n}-ab`, 100_000 + n * 1_000);
  mkdirSync(join(parent, "unreadable"));
  writeFileSync(join(parent, "runs.json"), "{}");
  expect(boundDeadRings(parent, NOW)).toBe(6);
  expect(readdirSync(parent)).toEqual(expect.arrayContaining(["runs.json", "unreadable"]));
});

it("never removes that of a process which may run", () => {
  for (let n = 0; n < 100; n += 1) leave(`ring-${n}-ab`, 10_000);
  expect(boundDeadRings(parent, NOW)).toBe(0);
});

it("does nothing where there is no folder", () => {
  expect(boundDeadRings(join(parent, "nothing"), NOW)).toBe(0);
});
