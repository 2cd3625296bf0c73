import { describe, expect, it } from "vitest";
import { createRestartTracker, type TrackedDeath } from "../../src/deaths/restart-tracker.ts";

const start = Date.parse("2026-11-20T08:00:00Z");
const death = (seconds: number, given: Partial<TrackedDeath> = {}): TrackedDeath => ({
  service: "web",
  diedAtMillis: start + seconds * 1_000,
  verdict: "uncaught",
  planned: false,
  ...given,
});

describe("the restart tracker", () => {
  it("calls three deaths in ten minutes a loop, and forgets older ones", () => {
    const tracker = createRestartTracker();
    expect(tracker.note(death(0))).toEqual({ recentDeaths: 1, restartLoop: false });
    expect(tracker.note(death(60))).toEqual({ recentDeaths: 2, restartLoop: false });
    expect(tracker.note(death(599))).toEqual({ recentDeaths: 3, restartLoop: true });
    expect(tracker.note(death(601))).toEqual({ recentDeaths: 3, restartLoop: true });
    expect(tracker.note(death(1_300))).toEqual({ recentDeaths: 1, restartLoop: false });
  });

  it("keeps services apart", () => {
    const tracker = createRestartTracker();
    for (const service of ["a", "b", "c"]) tracker.note(death(0, { service }));
    expect(tracker.note(death(1, { service: "a" })).recentDeaths).toBe(2);
  });

  it("does not count what was planned, nor a job that ends well", () => {
    const tracker = createRestartTracker();
    for (let n = 0; n < 5; n++) {
      tracker.note(death(n, { planned: true, verdict: "killed" }));
      tracker.note(death(n, { verdict: "clean" }));
    }
    expect(tracker.note(death(9))).toEqual({ recentDeaths: 1, restartLoop: false });
    const stopped = death(10, { planned: true, verdict: "clean" });
    expect(tracker.note(stopped)).toEqual({ recentDeaths: 1, restartLoop: false });
  });

  it("sees that a service that is meant to run ends with 0 again and again", () => {
    const tracker = createRestartTracker();
    const ended = { verdict: "clean", isMeantToRun: true } as const;
    for (let n = 0; n < 2; n++) tracker.note(death(n, ended));
    expect(tracker.note(death(2, ended)).restartLoop).toBe(true);
  });

  it("goes on after a restart of the agent, and counts no death twice", () => {
    const before = createRestartTracker();
    before.note(death(0));
    before.note(death(1));
    const saved = JSON.parse(JSON.stringify(before.save()));
    const after = createRestartTracker(saved);
    expect(after.note(death(1)).recentDeaths).toBe(2);
    expect(after.note(death(2))).toEqual({ recentDeaths: 3, restartLoop: true });
  });

  it.each([
    undefined,
    null,
    1,
    "x",
    {},
    { deaths: 3 },
    { deaths: { web: "x" } },
    { deaths: { web: [null, "1", Number.NaN] } },
  ])("starts anew from the damaged state %j", (saved) => {
    expect(createRestartTracker(saved).note(death(0)).recentDeaths).toBe(1);
  });

  it("stays small in a loop once a second, and with ever new services", () => {
    const tracker = createRestartTracker();
    for (let n = 0; n < 5_000; n++) tracker.note(death(n / 10));
    for (let n = 0; n < 3_000; n++) tracker.note(death(500, { service: `s${n}` }));
    const { deaths } = tracker.save();
    expect(Object.keys(deaths)).toHaveLength(1_000);
    expect(Object.keys(deaths).at(-1)).toBe("s2999");
    expect(JSON.stringify(deaths).length).toBeLessThan(50_000);
  });
});
