import { expect, it } from "vitest";
import { joinReports } from "../../src/crashes/join-reports.ts";
import { readCrash, type StoredCrash } from "../../src/crashes/stored-crash.ts";

const ID = "3f2a1b9c4d5e";
const STARTED = 1_795_000_000_000;
const DIED = STARTED + 600_000;

function stored(fields: Record<string, string | number>): StoredCrash {
  const texts = Object.entries(fields).map(([name, value]) => [name, String(value)]);
  return readCrash({
    line: "",
    timeNanos: `${fields["died_at"] ?? DIED}000000`,
    fields: { service_name: "shop", verdict: "killed", ...Object.fromEntries(texts) },
  });
}

const agent = stored({
  crash_id: `${ID}:${STARTED}`,
  source: "agent",
  verdict: "oom_proven",
  started_at: STARTED,
  died_at: DIED,
});
const ofProcess = stored({
  crash_id: `${ID}:${STARTED + 350}`,
  source: "process",
  verdict: "oom_probable",
  started_at: STARTED + 350,
  died_at: DIED - 800,
  memory_bytes: 500,
});

it("tells one death that both reported once, with the agent's verdict and what only the process knows", () => {
  for (const given of [
    [agent, ofProcess],
    [ofProcess, agent],
  ]) {
    const joined = joinReports(given);
    expect(joined).toHaveLength(1);
    expect(joined[0]?.crash).toMatchObject({
      crashId: agent.crashId,
      verdict: "oom_proven",
      memoryBytes: 500,
    });
    expect(joined[0]?.reports).toEqual([agent, ofProcess]);
  }
});

it("keeps the exception of the process beside the agent's words", () => {
  const withError = { ...ofProcess, exceptionType: "TypeError", exceptionMessage: "no till" };
  expect(joinReports([agent, withError])[0]?.crash).toMatchObject({
    verdict: "oom_proven",
    exceptionType: "TypeError",
    exceptionMessage: "no till",
  });
});

it("joins all processes of a container to its one death, that with an exception first", () => {
  const worker = { ...ofProcess, crashId: `${ID}:${STARTED + 900}`, exceptionType: "RangeError" };
  const [joined, ...rest] = joinReports([ofProcess, worker, agent]);
  expect(rest).toEqual([]);
  expect(joined?.reports).toEqual([agent, worker, ofProcess]);
});

it("keeps a death that only the process saw, and each run of a container for itself", () => {
  const earlier = { ...agent, crashId: `${ID}:1`, startedAt: 1, diedAt: STARTED - 5_000 };
  const alone = stored({ crash_id: "vm1:42:7", source: "process", started_at: 7, died_at: DIED });
  const joined = joinReports([alone, ofProcess, agent, earlier]);
  expect(joined.map(({ crash }) => crash.crashId)).toEqual([
    alone.crashId,
    agent.crashId,
    earlier.crashId,
  ]);
});

it("counts a record that is stored twice once", () => {
  expect(joinReports([ofProcess, { ...ofProcess }])).toHaveLength(1);
});
