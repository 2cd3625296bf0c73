import { expect, it } from "vitest";
import { createLabelCap } from "../../src/http/label-cap.ts";

it("keeps the first values, joins the others and reports the first of them once", () => {
  const overflows: string[] = [];
  const cap = createLabelCap(2, (value) => overflows.push(value));
  const seen = ["a", "b", "c", "a", "d", "b"].map((value) => cap.fit(value));
  expect(seen).toEqual(["a", "b", "_other", "a", "_other", "b"]);
  expect(overflows).toEqual(["c"]);
});
