import { describe, expect, it } from "vitest";
import { suggest } from "../../src/report/suggest.ts";

describe("did you mean", () => {
  it.each([
    { given: "boart", known: ["board", "shop"], text: 'did you mean "board"?' },
    { given: "BOARD", known: ["board"], text: 'did you mean "board"?' },
    { given: "paymetns", known: ["payments", "paypal"], text: 'did you mean "payments"?' },
    { given: "wehn", known: ["name", "when"], text: 'did you mean "when"?' },
    { given: "a", known: ["b"], text: 'did you mean "b"?' },
    { given: "board", known: ["inventory"], text: "" },
    { given: "board", known: [], text: "" },
    { given: "", known: ["board"], text: "" },
  ])("$given among $known: $text", ({ given, known, text }) => {
    expect(suggest(given, known)).toBe(text);
  });
});
