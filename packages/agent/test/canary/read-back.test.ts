import { describe, expect, it } from "vitest";
import type { LokiAnswer, LokiQuery } from "../../src/canary/ask-loki.ts";
import { createEarlierRuns } from "../../src/canary/earlier-runs.ts";
import { createLineTracker } from "../../src/canary/line-tracker.ts";
import { createReadBack } from "../../src/canary/read-back.ts";

const START = 1_700_000_000_000;
const RUN = "abcdefghijkl";
const WINDOW = { fromUnixMillis: START - 300_000, toUnixMillis: START + 10_000 };
const { signal } = new AbortController();

/** A canary of which the test is the clock and, in the place of HTTP, the way to Loki. */
function setUp() {
  let seconds = 0;
  const now = () => ({ unixMillis: START + seconds * 1_000, steadyMillis: seconds * 1_000 });
  const limits = { lateMillis: 30_000, missingMillis: 300_000 };
  const tracker = createLineTracker({ ...limits, keepMillis: 3_600_000 });
  const asked: LokiQuery[] = [];
  let answer: (query: LokiQuery) => LokiAnswer = () => ({ status: "failed", reason: "not set" });
  const readBack = createReadBack({
    run: RUN,
    service: 'the "canary"',
    ask: async (query) => {
      asked.push(query);
      return answer(query);
    },
    tracker,
    earlier: createEarlierRuns({ startedUnixMillis: START, lineMillis: 1_000, ...limits }),
    earlierWindow: WINDOW,
    calmMillis: 60_000,
    askAllMillis: 30_000,
    now,
  });
  return {
    tracker,
    asked,
    write: () => tracker.write(now()),
    read: async (atSeconds: number, next: typeof answer) => {
      seconds = atSeconds;
      answer = next;
      return readBack.read(signal);
    },
  };
}

const found = (...texts: readonly string[]): LokiAnswer => ({
  status: "ok",
  isWhole: true,
  lines: texts.map((text) => ({
    unixMillis: START - 50_000,
    text,
    fields: { host_name: "vm-1", service_name: "x" },
  })),
});
const away: LokiAnswer = { status: "failed", reason: "connect ECONNREFUSED" };
const isEarlier = ({ query }: LokiQuery): boolean => query.includes("!=");

describe("reading lines back", () => {
  it("asks for its own run, and for nothing while nothing is open", async () => {
    const { asked, write, read } = setUp();
    expect(await read(1, () => found())).toEqual({ status: "read", findings: [] });
    expect(asked).toEqual([]);
    write();
    await read(2, () => found());
    expect(asked.map(({ query }) => query)).toEqual([
      `{service_name="the \\"canary\\""} |= "sightline canary ${RUN} "`,
    ]);
  });

  it("looks for earlier runs once it knows the host that its own lines are under", async () => {
    const { asked, write, read } = setUp();
    write();
    await read(2, () => found());
    expect(asked.filter(isEarlier)).toEqual([]);
    await read(4, (query) =>
      isEarlier(query)
        ? found("sightline canary mmmmmmmmmmmm 4")
        : found(`sightline canary ${RUN} 1`),
    );
    expect(asked.filter(isEarlier)).toEqual([
      {
        ...WINDOW,
        query: `{service_name="the \\"canary\\"",host_name="vm-1"} |= "sightline canary " != "sightline canary ${RUN} "`,
      },
    ]);
    const later = await read(35, (query) =>
      isEarlier(query)
        ? found("sightline canary mmmmmmmmmmmm 4", "sightline canary mmmmmmmmmmmm 5")
        : found(`sightline canary ${RUN} 1`),
    );
    expect(later).toMatchObject({ findings: [{ delaysMillis: [] }, { delaysMillis: [85_000] }] });
  });

  it("does not take another run's lines for its own", async () => {
    const { write, read } = setUp();
    write();
    const outcome = await read(2, () => found("sightline canary mmmmmmmmmmmm 1"));
    expect(outcome).toMatchObject({ findings: [{ delaysMillis: [] }] });
  });

  it("calls nothing missing while Loki is away, nor until it has answered for a minute", async () => {
    const { write, read } = setUp();
    await read(0, () => found());
    write();
    expect(await read(400, () => away)).toEqual({
      status: "failed",
      reason: "connect ECONNREFUSED",
      unknown: 0,
    });
    expect(await read(402, () => found())).toMatchObject({ findings: [{ late: 1, missing: 0 }] });
    await read(430, () => away);
    expect(await read(432, () => found())).toMatchObject({ findings: [{ missing: 0 }] });
    expect(await read(491, () => found())).toMatchObject({ findings: [{ missing: 0 }] });
    expect(await read(492, () => found())).toMatchObject({ findings: [{ missing: 1 }] });
  });
});
