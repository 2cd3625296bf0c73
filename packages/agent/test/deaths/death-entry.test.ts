import { createRedactor, LOKI_LIMIT, parseCrashBody, SEVERITY } from "@sightline/core";
import { describe, expect, it } from "vitest";
import type { Death } from "../../src/deaths/death.ts";
import { toCrashRecord, toDeathEntry } from "../../src/deaths/death-entry.ts";
import type { DeathFacts } from "../../src/deaths/death-facts.ts";
import { judgeDeath } from "../../src/deaths/judge-death.ts";
import type { TailLine } from "../../src/deaths/tail.ts";

const died = Date.parse("2026-11-20T08:12:03.250Z");
const redact = createRedactor().text;
const MIB = 1_048_576;

const line = (text: string, stream: TailLine["stream"] = "stderr"): TailLine => ({
  text,
  stream,
  time: [died / 1_000 - 1.25, 5_000_000],
});

function death(facts: Partial<DeathFacts> = {}, given: Partial<Death> = {}): Death {
  const all: DeathFacts = {
    exitCode: 137,
    startedAtMillis: died - 192_000,
    diedAtMillis: died,
    oomEventAtMillis: died - 100,
    memory: { bytes: 511 * MIB, limitBytes: 512 * MIB, atMillis: died - 3_000 },
    ...facts,
  };
  return {
    service: "web",
    release: "1.4.0",
    containerId: "3f2a1b9c4d5e6f708192a3b4c5d6e7f8",
    run: 4,
    facts: all,
    judgement: judgeDeath(all),
    recent: { recentDeaths: 3, restartLoop: true },
    cpuCores: 0.8249,
    lines: [line("GET /", "stdout"), line("growing")],
    totalLines: 3_120,
    ...given,
  };
}

const crashed = {
  exitCode: 1,
  oomEventAtMillis: undefined,
  exception: {
    type: "TypeError",
    message: "x of someone@example.com is no function",
    text: "TypeError: x of someone@example.com is no function\n    at y\nLast lines (1 of 1):",
    origin: "uncaught",
    fp: "0123456789abcdef",
    template: "TypeError: x of <email> is no function",
  },
} as const;

describe("the record of a death", () => {
  it("is one readable block", () => {
    expect(
      toCrashRecord(death(), redact).body,
    ).toBe(`web died: out of memory, proven (run 4, after 3m 12s)
Evidence: exit code 137 (SIGKILL); Docker reported out of memory at 08:12:03 UTC; memory 511 of 512 MiB, 3s before the end
Restart loop: 3 deaths in the last 10 minutes
Last minute: memory 511 of 512 MiB, CPU 0.82 cores

Last lines (2 of 3120):
2026-11-20T08:12:02.005Z stdout GET /
2026-11-20T08:12:02.005Z stderr growing`);
  });

  it("has every field", () => {
    const { body: _, ...fields } = toCrashRecord(death(), redact);
    expect(fields).toEqual({
      kind: "crash",
      timeMillis: died,
      crashId: `3f2a1b9c4d5e:${died - 192_000}`,
      source: "agent",
      run: 4,
      exitCode: 137,
      signal: "SIGKILL",
      verdict: "oom_proven",
      evidence: expect.stringContaining("Docker reported out of memory"),
      startedAt: died - 192_000,
      diedAt: died,
      restartLoop: true,
      recentDeaths: 3,
      memoryBytes: 511 * MIB,
      memoryLimitBytes: 512 * MIB,
      cpuCores: 0.825,
      lastLine: "growing",
      release: "1.4.0",
    });
  });

  it("holds the exception with its stack, and the lines behind it can be read back", () => {
    const record = toCrashRecord(death(crashed), redact);
    expect(record).toMatchObject({
      verdict: "uncaught",
      exceptionType: "TypeError",
      exceptionMessage: "x of [redacted:email] is no function",
      fp: "0123456789abcdef",
      fpTemplate: "TypeError: x of <email> is no function",
    });
    const { summary, lines } = parseCrashBody(record.body);
    expect(summary).toContain(
      "\nException:\n  TypeError: x of [redacted:email] is no function\n      at y\n",
    );
    expect(lines?.map(({ text }) => text)).toEqual(["GET /", "growing"]);
    expect(JSON.stringify(record)).not.toContain("someone@example.com");
  });

  it("masks secrets in lines, a private key over many of them too, in its own stream alone", () => {
    const lines = [
      line("password=hunter22 sent"),
      line("-----BEGIN RSA PRIVATE KEY-----"),
      line("Proc-Type: 4,ENCRYPTED"),
      line("MIIEpAIBAAKCAQEAxv8", "stdout"),
      line("MIIEpAIBAAKCAQEAsecret1"),
      line("app | MIIEpAIBAAKCAQEAsecret2"),
      line("sec3=="),
      line("-----END RSA PRIVATE KEY-----"),
      line("after it"),
      line("-----BEGIN PRIVATE KEY-----"),
      line("Error: this is no line of a key"),
      line("MIIEpAIBAAKCAQEAvisible"),
    ];
    const { body } = toCrashRecord(death({}, { lines }), redact);
    const texts = parseCrashBody(body).lines?.map(({ text }) => text);
    const mask = "[redacted:private_key]";
    expect(texts?.[0]).toMatch(/^password=\[redacted/);
    expect(texts?.slice(1)).toEqual([
      mask,
      mask,
      "MIIEpAIBAAKCAQEAxv8",
      mask,
      mask,
      mask,
      mask,
      "after it",
      mask,
      "Error: this is no line of a key",
      "MIIEpAIBAAKCAQEAvisible",
    ]);
  });

  it("keeps the newest lines and the summary where it must be cut to fit", () => {
    const lines = Array.from({ length: 1_000 }, (_, n) => line(`${n} ${"€".repeat(300)}`));
    const text = `Error: ${"😀 at y\n".repeat(60_000)}`;
    const exception = { ...crashed.exception, message: text, text };
    const { body } = toCrashRecord(death({ ...crashed, exception }, { lines }), (s) => s);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(200_000);
    expect(Buffer.byteLength(body)).toBeGreaterThan(195_000);
    expect(body).not.toContain("\uFFFD");
    const kept = parseCrashBody(body).lines ?? [];
    expect(kept.at(-1)?.text).toMatch(/^999 /);
    expect(kept[0]?.text).toMatch(new RegExp(`^${1_000 - kept.length} `));
    expect(body).toMatch(/\[the rest of \d+ bytes was cut\]\n\nLast lines \(\d+ of 3120\):\n/);
  });

  it("says so where there was no line, and takes times that no calendar has", () => {
    const none = toCrashRecord(death({}, { lines: [], totalLines: 0 }), redact);
    expect(none.body).toMatch(/\n\nLast lines \(0 of 0\):$/);
    expect(none).not.toHaveProperty("lastLine");
    const odd = { ...line("x"), time: [9e15, 0] } as const;
    const { body } = toCrashRecord(death({}, { lines: [odd] }), redact);
    expect(parseCrashBody(body).lines).toHaveLength(1);
  });
});

describe("the entry of a death", () => {
  it("is FATAL, at the time of the death, with the fields under their wire names", () => {
    const entry = toDeathEntry(death(), redact);
    expect(entry).toMatchObject({
      time: [Math.floor(died / 1_000), 250_000_000],
      severityNumber: SEVERITY.FATAL,
      severityText: "FATAL",
      lines: 0,
      attributes: { kind: "crash", verdict: "oom_proven", run: 4, exit_code: 137, died_at: died },
    });
    expect(toDeathEntry(death(), redact)).toEqual(entry);
  });

  it("is INFO where it was planned, or ended by itself", () => {
    const planned = toDeathEntry(
      death(
        { asked: [{ signal: "9", atMillis: died }] },
        { recent: { recentDeaths: 0, restartLoop: false } },
      ),
      redact,
    );
    expect(planned.severityText).toBe("INFO");
    expect(planned.body).toMatch(/^web ended: killed as asked \(run 4, after 3m 12s\)\n/);
    expect(planned.attributes["planned"]).toBe(true);
    expect(planned.attributes).not.toHaveProperty("recent_deaths");
    const clean = toDeathEntry(death({ exitCode: 0, oomEventAtMillis: undefined }), redact);
    expect(clean.severityText).toBe("INFO");
    expect(clean.body).toMatch(/^web ended by itself \(run 4/);
  });

  it("reads well for a signal", () => {
    const segfault = toDeathEntry(death({ exitCode: 139, oomEventAtMillis: undefined }), redact);
    expect(segfault.body).toMatch(/^web died of SIGSEGV \(run 4, after 3m 12s\)\n/);
  });

  it("has fields that the store takes, whatever the container said", () => {
    const huge = "x\n\u0000😀".repeat(500_000);
    const entry = toDeathEntry(
      death(
        {
          ...crashed,
          startError: huge,
          exception: { ...crashed.exception, type: huge, message: huge, text: huge },
        },
        { lines: [line(huge)] },
      ),
      redact,
    );
    expect(Buffer.byteLength(JSON.stringify(entry.attributes))).toBeLessThan(16_384);
    expect(Buffer.byteLength(entry.body)).toBeLessThan(LOKI_LIMIT.maxBodyBytes);
  });
});
