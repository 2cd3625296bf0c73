import { describe, expect, it } from "vitest";
import type { Change, Plan } from "../../src/plan/plan.ts";
import { renderPlanMarkdown } from "../../src/plan/plan-markdown.ts";
import { renderPlan } from "../../src/plan/plan-text.ts";
import { differingParts } from "../../src/plan/value-text.ts";

function change(title: string, more: Partial<Change> = {}): Change {
  return { action: "update", kind: "rule", id: title, title, properties: [], ...more };
}

function planOf(changes: readonly Change[], more: Partial<Plan> = {}): Plan {
  return {
    target: "prod",
    version: "Grafana 12.4.0",
    token: "0123",
    changes,
    blocked: [],
    orphans: [],
    unchanged: 498,
    foreign: 0,
    unknownSecrets: [],
    notObserved: [],
    warnings: [],
    requests: 12,
    ...more,
  };
}

const options = { folder: "/repo", self: "sightline" };
const text = (plan: Plan): string =>
  renderPlan(plan, { ...options, paint: (_, painted) => painted });
const markdown = (plan: Plan): string => renderPlanMarkdown(plan, options);

describe("the text of a plan", () => {
  it("shows before and after by kind, and sums up in one line", () => {
    const place = { file: "/repo/ops/sightline.yaml", line: 12, column: 5, path: 'alerts["Slow"]' };
    const slow = change("Slow", {
      place,
      properties: [
        { path: 'alerts["Slow"].for', before: "5m", after: "10m", isSecret: false },
        { path: 'alerts["Slow"].runbook', before: undefined, after: "https://x", isSecret: false },
      ],
    });
    const chat = change("chat", {
      kind: "contact-point",
      properties: [
        {
          path: 'contacts["chat"].slack',
          before: "another secret",
          after: "${env:S}",
          isSecret: true,
        },
      ],
    });
    const made = planOf([chat, slow, change("New", { action: "create" })]);
    expect(text(made)).toBe(`prod  Grafana 12.4.0

contact points
  ~ chat
      contacts["chat"].slack  secret is sent again (another secret is there)

alert rules
  ~ Slow  ops/sightline.yaml:12
      for      5m → 10m
      runbook  https://x is new
  + New

1 to add, 2 to change, 0 to delete; 498 unchanged; 12 requests
`);
  });

  it("says once what changes alike in several objects", () => {
    const properties = [{ path: "labels.team", before: "a", after: "b", isSecret: false }];
    const names = ["One", "Two", "Three", "Four", "Five", "Six"];
    const alike = names.map((name) => change(name, { properties }));
    const different = change("Seven", { properties: [] });
    expect(text(planOf([...alike, different]))).toContain(
      "  ~ One, Two, Three, Four and 2 more\n      labels.team  a → b\n  ~ Seven\n",
    );
  });

  it("cuts long values down to where they differ", () => {
    const long = (middle: string): string => `${"a".repeat(500)}${middle}${"b".repeat(500)}`;
    const [before, after] = differingParts(long("1"), long("2"), 40);
    expect([before, after]).toEqual([
      `…${"a".repeat(10)}1${"b".repeat(10)}…`,
      `…${"a".repeat(10)}2${"b".repeat(10)}…`,
    ]);
  });

  it("keeps a server's control characters out of the terminal", () => {
    const properties = [{ path: "x", before: "\u001b[2J\nb", after: "\u0007c", isSecret: false }];
    expect(text(planOf([change("\u001b[31mred\u001b[0m", { properties })]))).not.toMatch(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there.
      /[\u0000-\u0009\u000b-\u001f]/,
    );
  });
});

describe("a plan as a comment", () => {
  it("cannot be broken out of: no fence inside closes it", () => {
    const title = "x\n`````\n# Approved by @everyone <img src=x>";
    const lines = markdown(planOf([change(title)])).split("\n");
    const [open = ""] = lines.filter((line) => /^`{3,}diff$/.test(line));
    const fence = open.replace("diff", "");
    expect(fence.length).toBeGreaterThan(5);
    const closing = lines.flatMap((line, index) => (line === fence ? [index] : []));
    expect(closing).toHaveLength(1);
    const outside = lines.slice((closing[0] ?? 0) + 1).join("\n") + lines[0];
    expect(outside).not.toMatch(/everyone|img/);
  });

  it("fits into one comment, and says how much it left out", () => {
    const many = Array.from({ length: 5000 }, (_, index) =>
      change(`Rule ${index} ${"x".repeat(40)}`),
    );
    const made = markdown(planOf(many));
    expect(made.length).toBeLessThan(65_536);
    expect(made).toMatch(/\n\d+ more lines; the job's log has all of them/);
    expect(made).toContain("0 to add, 5000 to change");
  });

  it("says so where there is nothing to do, or where something is in the way", () => {
    expect(markdown(planOf([]))).toContain("**Sightline plan** · no changes; 498 unchanged");
    const blocked = [{ change: change("a"), reason: "because", advice: "do" }];
    expect(markdown(planOf([], { blocked }))).toContain("apply would write nothing");
  });
});
