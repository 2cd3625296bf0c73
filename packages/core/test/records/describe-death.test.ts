import { describe, expect, it } from "vitest";
import { type DeathInWords, describeDeath } from "../../src/records/describe-death.ts";

describe("a death in words", () => {
  it.each<DeathInWords & { words: string }>([
    { verdict: "oom_proven", exitCode: 137, words: "out of memory, proven" },
    { verdict: "signal(11)", signal: "SIGSEGV", words: "died of SIGSEGV" },
    { verdict: "signal(40)", words: "died of signal 40" },
    { verdict: "unknown", exitCode: 3, words: "exit code 3, cause unknown" },
    { verdict: "unknown", words: "cause unknown" },
    { verdict: "clean", exitCode: 0, words: "ended by itself" },
    { verdict: "clean", planned: true, words: "stopped as asked" },
    { verdict: "killed", planned: true, signal: "SIGKILL", words: "killed as asked" },
  ])("$verdict (planned: $planned) is: $words", ({ words, ...death }) => {
    expect(describeDeath(death)).toBe(words);
  });
});
