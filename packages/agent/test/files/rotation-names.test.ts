import { expect, test } from "vitest";
import { isCompressed, isRotationOf } from "../../src/files/rotation-names.ts";

test.each([
  ["app.log.1", "app.log"],
  ["app.log-20261123", "app.log"],
  ["app.log.2026-11-23_08", "app.log"],
  ["app.log.old", "app.log"],
  ["app-20261123.log", "app.log"],
  ["app.1.log", "app.log"],
  ["access.1", "access"],
])("%s is an older generation of %s", (name, base) => {
  expect(isRotationOf(name, base)).toBe(true);
});

test.each([
  ["app.log", "app.log"],
  ["app.log.1.gz", "app.log"],
  ["app.log.lock", "app.log"],
  ["app2.log", "app.log"],
  ["app.log.10", "app.log.1"],
  ["app.log.1", "app.log.2"],
  ["other.log.1", "app.log"],
])("%s is none of %s", (name, base) => {
  expect(isRotationOf(name, base)).toBe(false);
});

test("compressed files are known by their names", () => {
  expect(["a.log.2.gz", "a.zst", "a.log.Z"].map(isCompressed)).toEqual([true, true, true]);
  expect(["a.log", "gz", "a.gz.log"].map(isCompressed)).toEqual([false, false, false]);
});
