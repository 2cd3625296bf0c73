import type { Verdict } from "@sightline/core";
import { describe, expect, it } from "vitest";
import type { AskedSignal, DeathException, DeathFacts } from "../../src/deaths/death-facts.ts";
import { judgeDeath } from "../../src/deaths/judge-death.ts";

const died = Date.parse("2026-11-20T08:12:03Z");
const MIB = 1_048_576;

function facts(given: Partial<DeathFacts>): DeathFacts {
  return { exitCode: 1, startedAtMillis: died - 192_000, diedAtMillis: died, ...given };
}

const asked = (signal: string, secondsBefore = 1): AskedSignal => ({
  signal,
  atMillis: died - secondsBefore * 1_000,
});
const exception = (origin: DeathException["origin"], type = "TypeError"): DeathException => ({
  type,
  message: "x is not a function",
  text: `${type}: x is not a function\n    at y`,
  origin,
});
const memory = (share: number): DeathFacts["memory"] => ({
  bytes: Math.round(512 * MIB * share),
  limitBytes: 512 * MIB,
  atMillis: died - 4_000,
});

interface Case extends Partial<DeathFacts> {
  readonly what: string;
  readonly verdict: Verdict;
  readonly planned?: boolean;
  readonly says?: string;
}

const ENDED_AS_ASKED: Case[] = [
  { what: "exit 0", exitCode: 0, verdict: "clean" },
  { what: "docker stop", exitCode: 143, asked: [asked("15")], verdict: "clean", planned: true },
  {
    what: "docker stop of a server that closes well",
    exitCode: 0,
    asked: [asked("15")],
    verdict: "clean",
    planned: true,
  },
  {
    what: "docker stop, by the signal's name",
    exitCode: 143,
    asked: [asked("SIGTERM")],
    verdict: "clean",
    planned: true,
  },
  {
    what: "docker stop, code of its own in the grace",
    exitCode: 7,
    asked: [asked("15", 9)],
    verdict: "clean",
    planned: true,
    says: "exit code 7; Docker was asked to send SIGTERM at 08:11:54 UTC",
  },
  {
    what: "docker stop, exception in the grace",
    asked: [asked("15", 1)],
    exception: exception("uncaught"),
    verdict: "clean",
    planned: true,
  },
  {
    what: "docker stop -t 60 that took 40 s",
    exitCode: 143,
    asked: [asked("15", 40)],
    verdict: "clean",
    planned: true,
  },
  {
    what: "docker stop -t 60, own code, the stop event seen",
    exitCode: 1,
    asked: [asked("15", 40)],
    isStopSeen: true,
    verdict: "clean",
    planned: true,
  },
  {
    what: "docker stop -t 60, own code, by the image's timeout",
    exitCode: 1,
    asked: [asked("15", 40)],
    stopTimeoutMillis: 60_000,
    verdict: "clean",
    planned: true,
  },
  {
    what: "docker stop of an image that stops by SIGQUIT",
    exitCode: 1,
    asked: [asked("3")],
    stopSignal: "SIGQUIT",
    verdict: "clean",
    planned: true,
  },
  {
    what: "docker kill -s INT",
    exitCode: 130,
    asked: [asked("2")],
    verdict: "clean",
    planned: true,
  },
  {
    what: "docker kill -s HUP of one that dies of it",
    exitCode: 129,
    asked: [asked("1")],
    verdict: "signal(1)",
    planned: true,
  },
  {
    what: "docker stop that had to kill",
    exitCode: 137,
    asked: [asked("15", 11), asked("9", 0)],
    verdict: "killed",
    planned: true,
    says: "it did not end in the time that Docker gave it, and was killed; Docker was asked to send SIGTERM at 08:11:52 UTC; Docker was asked to send SIGKILL at 08:12:03 UTC",
  },
  {
    what: "docker rm -f",
    exitCode: 137,
    asked: [asked("9", 0)],
    destroyedAtMillis: died + 50,
    verdict: "killed",
    planned: true,
    says: "somebody removed or killed it through Docker",
  },
  {
    what: "docker rm -f after an earlier OOM of a child (sticky state)",
    exitCode: 137,
    asked: [asked("9", 0)],
    isOomKilled: true,
    verdict: "killed",
    planned: true,
  },
  {
    what: "docker rm -f, its kill event missed",
    exitCode: 137,
    destroyedAtMillis: died + 50,
    verdict: "killed",
    planned: true,
    says: "removed at once",
  },
  {
    what: "docker stop, kill events missed",
    exitCode: 137,
    isStopSeen: true,
    verdict: "killed",
    planned: true,
  },
];

const OUT_OF_MEMORY: Case[] = [
  {
    what: "an oom event",
    exitCode: 137,
    oomEventAtMillis: died - 20,
    memory: memory(0.998),
    verdict: "oom_proven",
    says: "exit code 137 (SIGKILL); Docker reported out of memory at 08:12:02 UTC; memory 511 of 512 MiB, 4s before the end",
  },
  {
    what: "an oom event that comes after the death",
    exitCode: 137,
    oomEventAtMillis: died + 900,
    verdict: "oom_proven",
  },
  {
    what: "State.OOMKilled alone",
    exitCode: 137,
    isOomKilled: true,
    verdict: "oom_proven",
    says: "Docker's State.OOMKilled is true",
  },
  {
    what: "an oom event while it was asked to stop",
    exitCode: 137,
    oomEventAtMillis: died,
    asked: [asked("15", 2)],
    verdict: "oom_proven",
    planned: true,
  },
  {
    what: "no word of Docker, memory at 90 %",
    exitCode: 137,
    memory: memory(0.9),
    verdict: "oom_probable",
    says: "memory 461 of 512 MiB",
  },
  {
    what: "no word of Docker, memory at 89 %",
    exitCode: 137,
    memory: memory(0.89),
    verdict: "killed",
  },
  {
    what: "a lot of memory without a limit",
    exitCode: 137,
    memory: { bytes: 9e9, atMillis: died },
    verdict: "killed",
    says: "memory 8583 MiB, no limit",
  },
  {
    what: "kill -9 an hour after a child's OOM",
    exitCode: 137,
    oomEventAtMillis: died - 3_600_000,
    isOomKilled: true,
    memory: memory(0.3),
    verdict: "killed",
    says: "Docker reported out of memory at 07:12:03 UTC, for another process",
  },
  {
    what: "an OOM of a child, and exit 1 of its parent",
    exitCode: 1,
    oomEventAtMillis: died,
    isOomKilled: true,
    verdict: "unknown",
    says: "for another process of the container",
  },
  {
    what: "State.OOMKilled with a clean end",
    exitCode: 0,
    isOomKilled: true,
    verdict: "clean",
    says: "State.OOMKilled is true, for another process",
  },
  {
    what: "a container that removes itself, killed from the host",
    exitCode: 137,
    removesItself: true,
    destroyedAtMillis: died + 5,
    verdict: "killed",
  },
  {
    what: "kill -9 from the host",
    exitCode: 137,
    verdict: "killed",
    says: "Docker was not asked to: a person on the host, or the kernel",
  },
  {
    what: "kill -9 from the host, removed much later",
    exitCode: 137,
    destroyedAtMillis: died + 60_000,
    verdict: "killed",
  },
  {
    what: "a reload through Docker long before a kill -9",
    exitCode: 137,
    asked: [asked("1", 900)],
    verdict: "killed",
  },
];

const ENDED_BY_ITSELF: Case[] = [
  {
    what: "V8's heap",
    exitCode: 134,
    exception: exception("heap_limit", "FatalError"),
    verdict: "heap_limit",
  },
  {
    what: "V8's heap behind a wrapper",
    exitCode: 1,
    exception: exception("heap_limit"),
    verdict: "heap_limit",
  },
  {
    what: "V8's heap by a trap",
    exitCode: 133,
    exception: exception("heap_limit"),
    verdict: "heap_limit",
  },
  {
    what: "V8's words, but a SIGKILL",
    exitCode: 137,
    exception: exception("heap_limit"),
    verdict: "killed",
  },
  {
    what: "JVM ExitOnOutOfMemoryError",
    exitCode: 3,
    exception: exception("uncaught", "java.lang.OutOfMemoryError"),
    verdict: "heap_limit",
    says: "JVM",
  },
  {
    what: "exit 3 of anybody else",
    exitCode: 3,
    exception: exception("uncaught"),
    verdict: "uncaught",
  },
  {
    what: "a rejection",
    exception: exception("rejection"),
    verdict: "rejection",
    says: "exit code 1; unhandled rejection of TypeError: x is not a function",
  },
  {
    what: "an exception",
    exception: exception("uncaught"),
    verdict: "uncaught",
    says: "uncaught TypeError: x is not a function",
  },
  {
    what: "a Go panic",
    exitCode: 2,
    exception: exception("panic", "runtime error"),
    verdict: "uncaught",
  },
  { what: "a Rust panic", exitCode: 101, exception: exception("panic"), verdict: "uncaught" },
  {
    what: ".NET",
    exitCode: 134,
    exception: exception("uncaught", "System.InvalidOperationException"),
    verdict: "uncaught",
  },
  {
    what: "an abort without words",
    exitCode: 134,
    verdict: "signal(6)",
    says: "exit code 134 (SIGABRT); Docker was not asked to send it",
  },
  { what: "SIGSEGV", exitCode: 139, verdict: "signal(11)" },
  {
    what: "SIGSEGV after an exception",
    exitCode: 139,
    exception: exception("uncaught"),
    verdict: "signal(11)",
  },
  { what: "SIGTERM from the host", exitCode: 143, verdict: "signal(15)" },
  { what: "a code beyond all signals", exitCode: 255, verdict: "unknown" },
  {
    what: "an error that was logged before exit 1",
    exception: exception("logged"),
    verdict: "unknown",
    says: "the last error it logged TypeError",
  },
  { what: "exit 1 without a word", verdict: "unknown", says: "exit code 1" },
  {
    what: "a reload through Docker, and a crash an hour later",
    asked: [asked("1", 3_600)],
    exception: exception("uncaught"),
    verdict: "uncaught",
  },
  {
    what: "a SIGTERM that it ignored, and a crash a minute later",
    asked: [asked("15", 60)],
    exception: exception("uncaught"),
    verdict: "uncaught",
  },
  {
    what: "a program that is not there",
    exitCode: 127,
    startError: 'exec: "serve": executable file\nnot found in $PATH',
    verdict: "unknown",
    says: 'Docker could not start it; Docker says: exec: "serve": executable file not found in $PATH',
  },
  {
    what: "a shell that did not find it",
    exitCode: 127,
    verdict: "unknown",
    says: "could not be found",
  },
  {
    what: "a shell that may not run it",
    exitCode: 126,
    verdict: "unknown",
    says: "could not be run",
  },
  {
    what: "nobody saw its end",
    exitCode: undefined,
    exception: exception("uncaught"),
    verdict: "unknown",
    says: "nobody saw its exit code",
  },
];

describe("the verdict on a death", () => {
  it.each([...ENDED_AS_ASKED, ...OUT_OF_MEMORY, ...ENDED_BY_ITSELF])(
    "of $what is $verdict",
    ({ what: _, verdict, planned = false, says = "", ...given }) => {
      const judgement = judgeDeath(facts(given));
      expect(judgement).toMatchObject({ verdict, planned });
      expect(judgement.evidence).toContain(says);
    },
  );

  it("names the signal behind the exit code", () => {
    expect(judgeDeath(facts({ exitCode: 139 })).signal).toBe("SIGSEGV");
    expect(judgeDeath(facts({ exitCode: 134 })).signal).toBe("SIGABRT");
    expect(judgeDeath(facts({ exitCode: 128 + 40 })).signal).toBe("signal 40");
    expect(judgeDeath(facts({ exitCode: 1 }))).not.toHaveProperty("signal");
  });

  it("leaves an exception out that did not end it", () => {
    const logged = exception("logged");
    expect(judgeDeath(facts({ exitCode: 137, exception: logged })).evidence).not.toContain("Error");
    expect(judgeDeath(facts({ exitCode: 0, exception: logged }))).not.toHaveProperty("exception");
    expect(judgeDeath(facts({ exception: logged })).exception).toBe(logged);
  });

  it("is one short line, whatever the container said and however often it was reloaded", () => {
    const message = `\u0000${"a b\n".repeat(1_000_000)}`;
    const { evidence } = judgeDeath(
      facts({
        exception: { ...exception("uncaught"), message },
        startError: message,
        asked: Array.from({ length: 1_000 }, (_, n) => asked("\n".repeat(n % 50), n)),
      }),
    );
    expect(evidence.length).toBeLessThan(1_200);
    expect(evidence).not.toContain("\n");
  });
});
