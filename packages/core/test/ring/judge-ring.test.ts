import { describe, expect, it } from "vitest";
import {
  judgeRing,
  parseCrashBody,
  type Ring,
  type RingDeath,
  type RingHeartbeat,
  toRingCrash,
} from "../../src/index.ts";
import { facts } from "./ring-bed.ts";

const MIB = 1_048_576;
const STARTED = facts.startedAt;
const DIED = STARTED + 100_000;

const beat: RingHeartbeat = {
  at: DIED - 400,
  uptimeMillis: 99_600,
  rssBytes: 200 * MIB,
  heapUsedBytes: 50 * MIB,
  heapLimitBytes: 4_144 * MIB,
  cgroupBytes: 210 * MIB,
  cgroupLimitBytes: 512 * MIB,
  oomKills: 1,
  lastNumber: 10,
};

const fatal = {
  origin: "uncaught",
  at: DIED - 100,
  uptimeMillis: 99_900,
  type: "TypeError",
  message: "no till",
  stack: "TypeError: no till\n    at pay (/app/till.js:3:7)\nLast lines (9 of 9):\nforged",
} as const;

const asked = { askedBy: "SIGTERM", askedAt: DIED - 2_000, askedUptimeMillis: 98_000 };

function ringOf(parts: Partial<Ring>): Ring {
  return {
    status: "read",
    salt: 1,
    facts,
    heartbeat: beat,
    settled: { through: 10, ranges: [] },
    sequences: { heartbeat: 1, settled: 1, fatal: 0, exit: 0, judgement: 0 },
    frames: [],
    lappedLines: 0,
    damagedLines: 0,
    isCut: false,
    ...parts,
  };
}

type Case = Partial<Ring> & {
  readonly now?: Partial<RingDeath["now"]>;
  readonly report?: RingDeath["report"];
  readonly lastLineAt?: number;
};

function judge({ now, report, lastLineAt, ...parts }: Case) {
  return judgeRing({
    ring: ringOf(parts),
    report,
    lastLineAt,
    now: { at: DIED + 60_000, hostName: "vm1", bootId: "5d0f", oomKills: 1, ...now },
  });
}

const oomReport = {
  trigger: "OOMError",
  event: "Allocation failed - JavaScript heap out of memory",
};

describe("judgeRing", () => {
  it.each<[string, Case, string, string]>([
    ["exit code 0", { exit: { code: 0, at: DIED } }, "clean", "exit code 0"],
    [
      "an error that the host took for a reason to end well",
      { fatal, exit: { code: 0, at: DIED } },
      "clean",
      "exit code 0",
    ],
    [
      "an uncaught exception",
      { fatal, exit: { code: 1, at: DIED } },
      "uncaught",
      "exit code 1; uncaught TypeError: no till",
    ],
    ["one that was killed before it could exit", { fatal }, "uncaught", "uncaught TypeError"],
    [
      "a rejection",
      { fatal: { ...fatal, origin: "rejection" }, exit: { code: 1, at: DIED } },
      "rejection",
      "unhandled rejection of TypeError: no till",
    ],
    [
      "an exception that the host caught, took 20 s to end, and exits with 1",
      { fatal: { ...fatal, uptimeMillis: 79_600 }, exit: { code: 1, at: DIED } },
      "uncaught",
      "uncaught TypeError",
    ],
    [
      "an exception that the host survived for long, then a kill",
      { fatal: { ...fatal, uptimeMillis: 50_000 } },
      "killed",
      "it ended without a word",
    ],
    [
      "an exception that the host survived for long, then an exit of its own",
      { fatal: { ...fatal, uptimeMillis: 50_000 }, exit: { code: 1, at: DIED } },
      "unknown",
      "without an uncaught error",
    ],
    ["a full heap", { report: oomReport }, "heap_limit", "Node's report says: Allocation failed"],
    [
      "another fatal error of Node",
      { report: { trigger: "FatalError", event: "v8::ToLocalChecked Empty MaybeLocal" } },
      "signal(6)",
      "Empty MaybeLocal",
    ],
    [
      "an exit with a code alone",
      { exit: { code: 3, at: DIED } },
      "unknown",
      "exit code 3; it called for its end itself",
    ],
    ["Node's code 13", { exit: { code: 13, at: DIED } }, "unknown", "top-level await"],
    ["nothing at all", {}, "killed", "as after SIGKILL"],
    [
      "nothing at all, close to the limit",
      { heartbeat: { ...beat, cgroupBytes: 500 * MIB } },
      "oom_probable",
      "close to its memory limit; memory 500 of 512 MiB",
    ],
    [
      "the kernel's counter, although the last heartbeat was harmless",
      { now: { oomKills: 2 } },
      "oom_probable",
      "the kernel has killed 1 more of its memory group",
    ],
    ["a counter that began anew", { now: { oomKills: 0 } }, "killed", "as after SIGKILL"],
    [
      "a restart of the machine",
      { now: { bootId: "ffff" } },
      "unknown",
      "the machine was started anew",
    ],
    [
      "a heap that was nearly full, where the host keeps the reports to itself",
      {
        facts: { ...facts, reportsFatalErrors: false },
        heartbeat: { ...beat, heapUsedBytes: 4_000 * MIB },
      },
      "unknown",
      "its heap at 97 % of the limit",
    ],
    [
      "a heap that was nearly full, without the report that Node would have written",
      { heartbeat: { ...beat, heapUsedBytes: 4_000 * MIB } },
      "killed",
      "as after SIGKILL",
    ],
    [
      "a file from another machine",
      { now: { bootId: "ffff", hostName: "laptop" } },
      "killed",
      "as after SIGKILL",
    ],
    ["a process that lived less than a second", { heartbeat: undefined }, "killed", "no heartbeat"],
    [
      "an event loop that was blocked to the end",
      { lastLineAt: DIED + 20_000 },
      "killed",
      "the event loop did not turn in its last 20s",
    ],
  ])("%s", (_, given, verdict, evidence) => {
    const judgement = judge(given);
    expect(judgement).toMatchObject({ verdict, planned: false });
    expect(judgement.evidence).toContain(evidence);
  });

  it.each<[string, Case, string]>([
    ["SIGTERM that was raised again", { exit: { ...asked, isRaised: true, at: DIED } }, "clean"],
    ["SIGTERM and an exit of the host's own", { exit: { ...asked, code: 143, at: DIED } }, "clean"],
    ["an error while closing", { fatal, exit: { ...asked, code: 1, at: DIED } }, "clean"],
    ["SIGTERM and no end in time", { exit: asked }, "killed"],
  ])("counts %s as asked for", (_, given, verdict) => {
    expect(judge(given)).toMatchObject({ verdict, planned: true });
  });

  it("takes a signal that it survived for ten minutes for none", () => {
    const exit = { ...asked, askedUptimeMillis: -500_400 };
    expect(judge({ exit })).toMatchObject({ verdict: "killed", planned: false });
  });

  it("dies at its last sign of life, but not in the future", () => {
    expect(judge({}).diedAt).toBe(beat.at);
    expect(judge({ lastLineAt: DIED }).diedAt).toBe(DIED);
    expect(judge({ lastLineAt: DIED + 10 ** 9 }).diedAt).toBe(beat.at);
    expect(judge({ exit: { code: 3, at: DIED + 5 } }).diedAt).toBe(DIED + 5);
  });

  it("stays with what was judged before, whatever is known now", () => {
    const judgement = { verdict: "killed", evidence: "seen", planned: false, diedAt: 7 } as const;
    expect(judge({ judgement, now: { oomKills: 9 } })).toEqual(judgement);
  });
});

describe("toRingCrash", () => {
  const ring = ringOf({ fatal, exit: { code: 1, at: DIED }, lappedLines: 4, damagedLines: 2 });
  const judgement = { ...judge({ fatal, exit: { code: 1, at: DIED } }), recentDeaths: 3 };
  const crash = toRingCrash(ring, judgement, []);

  it("has the fields of the agent's record, and says that it is from the process", () => {
    expect(crash).toMatchObject({
      kind: "crash",
      source: "process",
      crashId: `vm1:42:${STARTED}`,
      run: 3,
      exitCode: 1,
      verdict: "uncaught",
      timeMillis: DIED,
      diedAt: DIED,
      startedAt: STARTED,
      memoryBytes: 210 * MIB,
      memoryLimitBytes: 512 * MIB,
      exceptionType: "TypeError",
      exceptionMessage: "no till",
      release: "1.4.2",
      recentDeaths: 3,
      restartLoop: true,
    });
    expect(crash.fp).toMatch(/^[0-9a-f]{16}$/);
  });

  it("has a body that reads as the agent's does, in which nothing can be forged", () => {
    const { summary, lines } = parseCrashBody(crash.body);
    expect(lines).toEqual([]);
    expect(summary.split("\n").slice(0, 6)).toEqual([
      "shop died: uncaught exception (run 3, after 1m 40s)",
      expect.stringMatching(/^Evidence: exit code 1; uncaught TypeError: no till; memory 210 of/),
      "Restart loop: 3 deaths in the last 10 minutes",
      expect.stringMatching(
        /^Last heartbeat, 400ms before the end: memory 210 of 512 MiB, RSS 200/,
      ),
      "Lost: 4 unsent lines did not fit into the ring, 2 lines in it cannot be read",
      "Exception:",
    ]);
    expect(summary).toContain("\n  Last lines (9 of 9):\n  forged");
  });

  it("is the same each time", () => {
    expect(toRingCrash(ring, judgement, [])).toEqual(crash);
  });

  it("names a container by its id", () => {
    const containerId = "3f2a1b9c4d5e".padEnd(64, "0");
    const inContainer = ringOf({ facts: { ...facts, containerId } });
    expect(toRingCrash(inContainer, judge({}), []).crashId).toBe(`3f2a1b9c4d5e:${STARTED}`);
  });
});
