import { describe, expect, it } from "vitest";
import { parseTrail } from "../../src/errors/parse-trail.ts";

describe("parseTrail", () => {
  it("reads the steps in their order", () => {
    const steps = [
      { at: 1, kind: "click", text: 'button "Pay"' },
      { at: 2, kind: "request", text: "POST /pay 500" },
    ];
    expect(parseTrail(JSON.stringify(steps))).toEqual(steps);
  });

  it("takes no word of a browser on trust", () => {
    const given = [1, null, [], { at: "1", kind: "a", text: "b" }, { at: 1, kind: {}, text: "" }];
    expect(parseTrail(JSON.stringify(given))).toEqual([]);
    expect(parseTrail("{")).toEqual([]);
    expect(parseTrail('{"at":1}')).toEqual([]);
    expect(parseTrail(undefined)).toEqual([]);
  });
});
