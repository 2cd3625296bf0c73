import type { CrashRecord } from "./crash-record.ts";
import type { Verdict } from "./verdict.ts";

/** What the words of a death are made of. */
export type DeathInWords = Pick<CrashRecord, "verdict" | "exitCode" | "signal" | "planned">;

const WORDS: Readonly<Record<Exclude<Verdict, `signal(${number})`>, string>> = {
  clean: "ended by itself",
  uncaught: "uncaught exception",
  rejection: "unhandled rejection",
  heap_limit: "heap limit reached",
  killed: "killed",
  oom_proven: "out of memory, proven",
  oom_probable: "out of memory, probably",
  unknown: "cause unknown",
};

/** A verdict for people, the same in the record's headline and in every list: `out of memory, proven`. */
export function describeDeath({ verdict, exitCode, signal, planned }: DeathInWords): string {
  if (planned && verdict === "clean") return "stopped as asked";
  const words = Object.hasOwn(WORDS, verdict)
    ? WORDS[verdict as keyof typeof WORDS]
    : `died of ${signal ?? verdict.replace("(", " ").replace(")", "")}`;
  if (planned) return `${words} as asked`;
  return verdict === "unknown" && exitCode !== undefined
    ? `exit code ${exitCode}, ${words}`
    : words;
}
