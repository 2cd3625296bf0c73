import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const WRITER = "/lib/systemd/systemd-journal-remote";

/** Why tests on real journal files cannot run here; undefined where they can. */
export const whyNoJournal: string | undefined = existsSync(WRITER)
  ? undefined
  : 'no systemd-journal-remote; on Debian "apt-get install systemd-journal-remote"';

export interface Entry {
  readonly message: string | Buffer;
  readonly micros: number;
  readonly unit?: string;
  readonly priority?: number;
  /** 1, 2, …: which start of the machine. */
  readonly boot?: number;
}

export function makeJournalFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sightline-journal-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Appends to a journal file, which is made if it is not there. */
export function writeJournal(file: string, entries: readonly Entry[]): void {
  execFileSync(WRITER, ["-o", file, "-"], {
    input: Buffer.concat(entries.map(exportEntry)),
    stdio: ["pipe", "ignore", "ignore"],
  });
}

/** https://systemd.io/JOURNAL_EXPORT_FORMATS/ */
export function exportEntry(entry: Entry): Buffer {
  const message = Buffer.from(entry.message);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(message.length));
  const head = [
    `__REALTIME_TIMESTAMP=${entry.micros}`,
    `__MONOTONIC_TIMESTAMP=${entry.micros - 1_700_000_000_000_000}`,
    `_BOOT_ID=${String(entry.boot ?? 1).padStart(32, "0")}`,
    `_SYSTEMD_UNIT=${entry.unit ?? "api.service"}`,
    ...(entry.priority === undefined ? [] : [`PRIORITY=${entry.priority}`]),
    "MESSAGE\n",
  ].join("\n");
  return Buffer.concat([Buffer.from(head), size, message, Buffer.from("\n\n")]);
}
