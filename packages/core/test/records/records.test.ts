import { describe, expect, it } from "vitest";
import { crashId } from "../../src/records/crash-record.ts";
import type { ErrorRecord } from "../../src/records/error-record.ts";
import { toAttributes } from "../../src/records/to-attributes.ts";
import { isVerdict, type Verdict, verdictSignal } from "../../src/records/verdict.ts";

const error: ErrorRecord = {
  kind: "error",
  timeMillis: 1,
  body: "TypeError: x\n    at y",
  fp: "0123456789abcdef",
  fpx: "fedcba9876543210",
  fpTemplate: "TypeError: x",
  fpVersion: 1,
  exceptionType: "TypeError",
  handled: false,
  n: 3,
};

describe("toAttributes", () => {
  it("writes an error under its wire names, without body, time or absent fields", () => {
    expect(toAttributes(error)).toEqual({
      kind: "error",
      fp: "0123456789abcdef",
      fpx: "fedcba9876543210",
      fp_t: "TypeError: x",
      fp_v: 1,
      exception_type: "TypeError",
      handled: false,
      n: 3,
    });
  });

  it("keeps one order whatever the order of the record, so that a re-sent record is the same", () => {
    const reversed = Object.fromEntries(Object.entries(error).reverse()) as unknown as ErrorRecord;
    expect(JSON.stringify(toAttributes(reversed))).toBe(JSON.stringify(toAttributes(error)));
  });

  it("names every field of a crash, a session and a problem", () => {
    const base = { timeMillis: 1, body: "" };
    expect(
      toAttributes({
        ...base,
        kind: "crash",
        crashId: "abc:1",
        source: "agent",
        run: 2,
        exitCode: 137,
        signal: "SIGKILL",
        verdict: "oom_proven",
        evidence: "oom event, exit code 137",
        startedAt: 1,
        diedAt: 2,
      }),
    ).toMatchObject({
      kind: "crash",
      crash_id: "abc:1",
      exit_code: 137,
      started_at: 1,
      died_at: 2,
    });
    expect(
      toAttributes({
        ...base,
        kind: "session",
        sessionId: "s",
        userHash: "u",
        ui: 0,
        ur: 1,
        state: "start",
      }),
    ).toEqual({ kind: "session", session_id: "s", user_hash: "u", ui: 0, ur: 1, state: "start" });
    expect(toAttributes({ ...base, kind: "problem", fp: "f", action: "mute", until: 9 })).toEqual({
      kind: "problem",
      fp: "f",
      action: "mute",
      until: 9,
    });
    expect(toAttributes({ ...base, kind: "deploy", to: "1.1" })).toEqual({
      kind: "deploy",
      to: "1.1",
    });
  });
});

describe("crashId", () => {
  it("is the same from the agent, which knows the whole container id, and the process, which knows 12 digits", () => {
    const full = "3f2a1b9c4d5e6f708192a3b4c5d6e7f8";
    const fromAgent = crashId({ kind: "container", containerId: full, startedAt: 17 });
    const fromProcess = crashId({
      kind: "container",
      containerId: full.slice(0, 12),
      startedAt: 17,
    });
    expect(fromAgent).toBe("3f2a1b9c4d5e:17");
    expect(fromProcess).toBe(fromAgent);
  });

  it("names host, process and start outside containers", () => {
    expect(crashId({ kind: "host", hostName: "vm1", pid: 42, startedAt: 17 })).toBe("vm1:42:17");
  });
});

describe("verdicts", () => {
  it("reads back what it writes and refuses what it does not know", () => {
    const all: Verdict[] = [
      "clean",
      "uncaught",
      "rejection",
      "heap_limit",
      "signal(11)",
      "killed",
      "oom_proven",
      "oom_probable",
      "unknown",
    ];
    for (const verdict of all) expect(isVerdict(verdict)).toBe(true);
    for (const text of ["oom", "signal()", "signal(-1)", "signal(11) ", "", "toString"])
      expect(isVerdict(text)).toBe(false);
  });

  it("gives the number of a signal and nothing for the others", () => {
    expect(verdictSignal("signal(11)")).toBe(11);
    expect(verdictSignal("killed")).toBeUndefined();
  });
});
