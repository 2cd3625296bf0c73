import { type ChildProcessByStdio, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { createExportParser } from "./export-parser.ts";
import { JOURNAL_FIELDS, type JournalPosition } from "./journal-line.ts";

/** How journalctl is called. */
export interface JournalAccess {
  /** Program to run. */
  readonly program: string;
  /** Folder of the journal files; undefined: the machine's own journal. */
  readonly directory: string | undefined;
}

export type Journalctl = ChildProcessByStdio<null, Readable, Readable>;

/** Entries of a unit that are read when it is met for the first time. */
const HISTORY_ENTRIES = 10_000;

/** `time` is for a cursor that journalctl does not take: from the start of the position's second. */
export type JournalStart =
  | { readonly from: "history" }
  | { readonly from: "cursor" | "time"; readonly position: JournalPosition };

export function followUnit(access: JournalAccess, unit: string, start: JournalStart): Journalctl {
  return run(access, ["--follow", `--unit=${unit}`, ...startArguments(start)]);
}

function startArguments(start: JournalStart): string[] {
  switch (start.from) {
    case "history":
      return [`--lines=${HISTORY_ENTRIES}`];
    case "cursor":
      // Not `--after-cursor`: where that entry is gone, it leaves out the first one that is left.
      return ["--no-tail", `--cursor=${start.position.cursor}`];
    case "time":
      return ["--no-tail", `--since=@${start.position.time[0]}`];
  }
}

export type CursorCheck = "there" | "gone" | "unknown";

/** Whether the entry of a cursor is still in the journal. `unknown`: it cannot be read now. */
export async function checkCursor(access: JournalAccess, cursor: string): Promise<CursorCheck> {
  const child = run(access, ["--no-tail", `--cursor=${cursor}`]);
  return await new Promise<CursorCheck>((resolve) => {
    let answer: CursorCheck | undefined;
    const parser = createExportParser((fields) => {
      answer ??= fields.get("__CURSOR")?.bytes.toString("latin1") === cursor ? "there" : "gone";
    });
    child.stderr.resume();
    child.stdout.on("data", (chunk: Buffer) => {
      if (!answer) parser.push(chunk);
      if (answer) child.kill();
    });
    child.on("error", () => resolve("unknown"));
    child.on("close", (code) => resolve(answer ?? (code === 0 ? "gone" : "unknown")));
  });
}

function run(access: JournalAccess, args: readonly string[]): Journalctl {
  return spawn(
    access.program,
    [
      "--output=export",
      `--output-fields=${JOURNAL_FIELDS.join(",")}`,
      "--no-pager",
      // Without it `--follow` leaves out what was written before the last boot.
      "--merge",
      ...(access.directory === undefined ? [] : [`--directory=${access.directory}`]),
      ...args,
      ...(access.directory === undefined ? ownMachineOnly() : []),
    ],
    {
      stdio: ["ignore", "pipe", "pipe"],
      // Messages are recognised by their English text.
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C.UTF-8", SYSTEMD_COLORS: "0" },
    },
  );
}

/** `--merge` also reads what other machines sent here. */
function ownMachineOnly(): string[] {
  try {
    const id = readFileSync("/etc/machine-id", "utf8").trim();
    return /^[0-9a-f]{32}$/.test(id) ? [`_MACHINE_ID=${id}`] : [];
  } catch {
    return [];
  }
}
