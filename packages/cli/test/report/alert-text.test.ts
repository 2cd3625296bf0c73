import { describe, expect, it } from "vitest";
import { renderAlerts } from "../../src/report/alert-text.ts";

const context = { paint: (_: unknown, text: string): string => text, self: "sightline" };
const NOW = Date.parse("2026-11-23T16:00:00Z");
const render = (alerts: Parameters<typeof renderAlerts>[1]): string =>
  renderAlerts(context, alerts, NOW).join("\n");
const quiet = { rules: 36, firing: [], contacts: 1, problems: [] };

describe("the alerts in status and up", () => {
  it("are counted, and no more is said where all is well", () => {
    expect(render(quiet)).toBe("  36 alert rules watch, none fires");
    expect(render({ ...quiet, rules: 1 })).toContain("1 alert rule watches");
  });

  it("that fire have a name, a place, a severity and an age", () => {
    const sinceUnixMillis = NOW - 125_000;
    const firing = [
      { name: "Error rate", severity: "critical", service: "api", host: "vm-1", sinceUnixMillis },
      { name: "Evil\u001b[2J", severity: "warning", sinceUnixMillis },
    ];
    const text = render({ ...quiet, firing });
    expect(text).toContain("36 alert rules watch, 2 firing");
    expect(text).toMatch(/Error rate +api on vm-1 +critical +for 2m 5s/);
    expect(text).not.toContain("\u001b");
  });

  it("say what to do where nobody is told", () => {
    expect(render({ ...quiet, contacts: 0 })).toMatch(/sightline init.*sightline apply/);
  });

  it("are not all shown where a hundred fire", () => {
    const one = { name: "A", severity: "info", sinceUnixMillis: NOW };
    const text = render({ ...quiet, firing: Array.from({ length: 100 }, () => one) });
    expect(text).toContain("and 90 more");
    expect(text.split("\n").length).toBeLessThan(20);
  });

  it("are nothing where nothing is known", () => {
    expect(render(undefined)).toBe("");
  });
});
