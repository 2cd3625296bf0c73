import { describe, expect, it } from "vitest";
import { byImpact, type Problem } from "../../src/errors/problem.ts";
import { ageOf, renderProblems, summarizeProblems } from "../../src/report/problem-list.ts";

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

function problem(given: Partial<Problem> = {}): Problem {
  return {
    service: "shop",
    fp: "3f0c9e21aa55bb66",
    template: "TypeError: cannot read properties of undefined at total (cart)",
    times: 41,
    unhandledTimes: 38,
    users: 3,
    visitors: 5,
    firstMillis: NOW - 90 * MINUTE,
    lastMillis: NOW - 3 * MINUTE,
    releases: [{ release: "1.4.2", times: 41 }],
    ...given,
  };
}

function render(problems: readonly Problem[], columns = 120): string {
  return renderProblems(problems, { paint: (_, text) => text, columns, nowMillis: NOW });
}

describe("renderProblems", () => {
  it("counts people as users or browsers, whichever are more", () => {
    const [head, row] = render([problem()]).split("\n");
    expect(head).toMatch(/^ {2}people +times +last +service +release +problem +id$/);
    expect(row).toMatch(
      /^ {2}5 +41 +3m ago +shop +1\.4\.2 +TypeError: .* at total \(cart\) +3f0c9e21$/,
    );
  });

  it("fits into the terminal by cutting the problem alone", () => {
    const rows = render([problem()], 80).split("\n");
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(80);
    expect(rows[1]).toContain("…");
    expect(rows[1]).toMatch(/3f0c9e21$/);
  });

  it("prints no control character of a page", () => {
    const text = render([problem({ template: "a\u001b[31mb\u0007\nc", service: "s\u202eh" })]);
    expect(text).toContain("ab c");
    for (const mark of ["\u001b", "\u0007", "\u202e"]) expect(text).not.toContain(mark);
  });

  it("says that there are other releases, and that nobody is known", () => {
    const releases = [
      { release: "2", times: 3 },
      { release: "1", times: 1 },
    ];
    expect(render([problem({ releases })])).toContain("2 +1");
    expect(render([problem({ users: 0, visitors: 0, releases: [] })])).toMatch(/^ {2}- +41 .* - /m);
  });
});

describe("byImpact", () => {
  it("puts what hits more people before what happens more often", () => {
    const loud = problem({ fp: "a", users: 1, visitors: 0, times: 900 });
    const wide = problem({ fp: "b", users: 2, visitors: 0, times: 2 });
    const often = problem({ fp: "c", users: 1, visitors: 0, times: 901 });
    expect([loud, wide, often].sort(byImpact).map(({ fp }) => fp)).toEqual(["b", "c", "a"]);
  });
});

describe("ageOf", () => {
  it("keeps the largest unit", () => {
    expect(ageOf(NOW - 59_000, NOW)).toBe("59s ago");
    expect(ageOf(NOW - 119_000, NOW)).toBe("1m ago");
    expect(ageOf(NOW - 26 * 60 * MINUTE, NOW)).toBe("1d ago");
    expect(ageOf(NOW + 5_000, NOW)).toBe("just now");
  });
});

describe("summarizeProblems", () => {
  it("tells how many more there are", () => {
    const text = summarizeProblems([problem(), problem()], 1, 86_400_000);
    expect(text).toBe("2 problems, 82 times, in the last 1d, the 1 that hit most people shown");
  });
});
