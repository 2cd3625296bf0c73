// One candidate: warms up, then writes lines and says what they took. `node line.mjs <module> <json>`
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const [modulePath, json] = process.argv.slice(2);
const { warmUpLines, lines, perTurn, turnMillis, run, profile, ...options } = JSON.parse(json);
const { open } = await import(pathToFileURL(modulePath).href);
const { write, flush } = open(options);

/** What one line of a web shop carries. */
const fieldsOf = (number) => ({
  requestId: `5f0c1a7e-${number}`,
  method: "POST",
  route: "/api/orders/:id",
  status: 201,
  durationMillis: number % 300,
  order: { id: 100_000 + number, items: 3, express: true },
});

/** Microseconds of the processor that this thread took. */
const threadMicros = () => {
  const { user, system } = process.threadCpuUsage();
  return user + system;
};
const processMicros = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

async function startProfiler() {
  const started = new Session();
  started.connect();
  await started.post("Profiler.enable");
  await started.post("Profiler.setSamplingInterval", { interval: 100 });
  await started.post("Profiler.start");
  return started;
}

async function writeLines(name, count) {
  const turns = [];
  for (let number = 1; number <= count; ) {
    const startedAt = performance.now();
    for (const end = Math.min(count, number + perTurn - 1); number <= end; number += 1) {
      write(`run ${name} line ${number} order accepted`, fieldsOf(number));
    }
    turns.push(((performance.now() - startedAt) * 1_000) / perTurn);
    await delay(turnMillis);
  }
  // The middle one: the kernel's processor clock is too coarse for a turn, and by the wall clock a
  // turn in which another process ran would count for it.
  return turns.toSorted((left, right) => left - right)[Math.floor(turns.length / 2)];
}

await writeLines(`${run}w`, warmUpLines);
await delay(1_200);
const session = profile === undefined ? undefined : await startProfiler();
const before = { thread: threadMicros(), process: processMicros() };
const loopMicros = await writeLines(run, lines);
await flush();
if (session) writeFileSync(profile, JSON.stringify((await session.post("Profiler.stop")).profile));
const result = {
  loop: loopMicros,
  thread: (threadMicros() - before.thread) / lines,
  process: (processMicros() - before.process) / lines,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.kill(process.pid, "SIGKILL");
