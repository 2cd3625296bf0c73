// write-and-rotate.ts <path> <lines> <seed> <rename|copytruncate|mixed>
// Writes "line 1" to "line <lines>", in pieces that end anywhere, and rotates in between.
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../../../core/test/random.ts";

const [path = "", lineCount = "0", seed = "1", mode = "rename"] = process.argv.slice(2);
const random = createRandom(Number(seed)).integer;
let descriptor = openSync(path, "a");

function shiftGenerations(): void {
  const count = readdirSync(dirname(path)).filter((name) =>
    name.startsWith(`${basename(path)}.`),
  ).length;
  for (let n = count; n >= 1; n--) {
    if (existsSync(`${path}.${n}`)) renameSync(`${path}.${n}`, `${path}.${n + 1}`);
  }
}

function rotate(): void {
  shiftGenerations();
  if (mode === "copytruncate" || (mode === "mixed" && random(2) === 0)) {
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    return;
  }
  renameSync(path, `${path}.1`);
  closeSync(descriptor);
  descriptor = openSync(path, "a");
}

for (let n = 1; n <= Number(lineCount); n++) {
  const line = `line ${n} ${"x".repeat(random(60))}\n`;
  const cut = random(line.length);
  writeSync(descriptor, line.slice(0, cut));
  writeSync(descriptor, line.slice(cut));
  if (random(250) === 0) {
    rotate();
    // Two rotations within one look at a folder are more than anybody promises.
    await sleep(10 + random(20));
  }
  if (random(50) === 0) await sleep(random(20));
}
