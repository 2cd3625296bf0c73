import { expect, it } from "vitest";
import { createToldErrors } from "../../src/errors/told-errors.ts";

it("takes one object by several ways for one occurrence, and thrown again for another", () => {
  const told = createToldErrors();
  const error = new Error("x");
  expect(told.isNew(error, "console")).toBe(true);
  expect(told.isNew(error, "report")).toBe(false);
  expect(told.isNew(error, "window")).toBe(false);
  expect(told.isNew(error, "window")).toBe(true);
  expect(told.isNew(error, "report")).toBe(false);
  expect(told.isNew(error, "console")).toBe(false);
  expect(told.isNew(error, "console")).toBe(true);
});

it("takes each text for an occurrence of its own", () => {
  const told = createToldErrors();
  expect([
    told.isNew("x", "window"),
    told.isNew("x", "window"),
    told.isNew(null, "report"),
  ]).toEqual([true, true, true]);
});
