import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@sightline/wire";
import { onTestFinished, vi } from "vitest";
import {
  createFileSource,
  type FileSource,
  type FileSourceOptions,
} from "../../../src/files/file-source.ts";
import type { Recorder } from "./recorder.ts";

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sightline-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function follow(
  recorder: Recorder,
  glob: string,
  changes: Partial<FileSourceOptions> = {},
): FileSource {
  const source = createFileSource({
    glob,
    openSink: recorder.openSink,
    positionOf: recorder.positionOf,
    knownSources: recorder.knownSources,
    forget: recorder.forget,
    clock: systemClock,
    log: recorder.log,
    pollMillis: 10,
    discoverMillis: 30,
    rotateWaitMillis: 200,
    ...changes,
  });
  onTestFinished(() => source.stop());
  return source;
}

/** Waits until it holds, committing what has come. */
export async function until(recorder: Recorder, check: () => void): Promise<void> {
  await vi.waitFor(
    () => {
      recorder.commit();
      check();
    },
    { timeout: 15_000, interval: 10 },
  );
}
