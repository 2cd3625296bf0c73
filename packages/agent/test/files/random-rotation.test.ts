import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { createRandom } from "../../../core/test/random.ts";
import { follow, makeFolder, until } from "./support/follow.ts";
import { createRecorder, type Recorder } from "./support/recorder.ts";

const WRITER = fileURLToPath(new URL("./programs/write-and-rotate.ts", import.meta.url));
const LINES = 6_000;
const SEED = Number(process.env["SEED"] ?? Date.now() % 100_000);

function numbersOf(recorder: Recorder): number[] {
  return recorder.texts().map((text) => Number(/^line (\d+) x*$/.exec(text)?.[1] ?? text));
}

/** Reads, loses what was not journaled, and starts again, until the writer is done. */
async function readInLives(
  recorder: Recorder,
  glob: string,
  seed: number,
  isDone: () => boolean,
): Promise<void> {
  const random = createRandom(seed).integer;
  // What a reader has never said to have met it cannot find again: the first life ends later.
  const first = follow(recorder, glob, { pollMillis: 5, discoverMillis: 10 });
  await until(recorder, () => expect(recorder.journaled.length).toBeGreaterThan(0));
  await first.stop();
  recorder.crash();
  while (!isDone()) {
    const source = follow(recorder, glob, { pollMillis: 5, discoverMillis: 10 });
    for (let pause = random(8); pause >= 0 && !isDone(); pause--) {
      await sleep(random(60));
      recorder.commit();
    }
    await sleep(random(60));
    await source.stop();
    recorder.crash();
    await sleep(random(3) === 0 ? random(300) : 0);
  }
  follow(recorder, glob, { pollMillis: 5, discoverMillis: 10 });
}

test.each([
  ["rename", "a.log"],
  ["rename", "a.log*"],
  ["copytruncate", "a.log"],
  ["copytruncate", "a.log*"],
  ["mixed", "a.log"],
  ["mixed", "a.log*"],
])(
  `%s, glob %s: every line once, in whatever moment the reader is stopped (seed ${SEED})`,
  async (mode, glob) => {
    const path = join(makeFolder(), "a.log");
    const writer = spawn(process.execPath, [WRITER, path, String(LINES), String(SEED), mode], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    onTestFinished(() => void writer.kill("SIGKILL"));
    const ended = once(writer, "exit");
    const recorder = createRecorder();
    await readInLives(recorder, join(path, "..", glob), SEED, () => writer.exitCode !== null);
    expect(await ended).toEqual([0, null]);
    await until(recorder, () => expect(new Set(numbersOf(recorder)).size).toBe(LINES));
    expect(numbersOf(recorder).sort((a, b) => a - b)).toEqual(
      Array.from({ length: LINES }, (_, n) => n + 1),
    );
  },
  60_000,
);
