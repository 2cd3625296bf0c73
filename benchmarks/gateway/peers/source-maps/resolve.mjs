// Resolves one stack with one library in a fresh process, and says what that took.
// node resolve.mjs <reader> <maps folder> <frames.json> [address of @sightline/source-maps]
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [name, folder, framesFile, ours] = process.argv.slice(2);
const { service, debugId, frames } = JSON.parse(readFileSync(framesFile, "utf8"));
const ROUNDS = 50;

const readMap = () => JSON.parse(readFileSync(join(folder, service, `${debugId}.map`), "utf8"));

/** Each gives a function that resolves the stack; made before the clock starts. */
const READERS = {
  async thread() {
    const { createStackResolver } = await import(ours);
    const resolver = createStackResolver({ mapsFolder: folder, timeoutMillis: 60_000 });
    // A gateway has resolved others before: the thread is there.
    await resolver.resolve("other", [{ line: 1, column: 1, debugId }]);
    return async () => {
      const found = await resolver.resolve(service, frames);
      return found.map(({ file, line, column }) => `${file}:${line}:${column}`);
    };
  },
  async "trace-mapping"() {
    const { TraceMap, originalPositionFor } = await import("@jridgewell/trace-mapping");
    let map;
    return () => {
      map ??= new TraceMap(readMap());
      return frames.map(({ line, column }) =>
        show(originalPositionFor(map, { line, column: column - 1 })),
      );
    };
  },
  async "source-map-js"() {
    const { SourceMapConsumer } = await import("source-map-js");
    let map;
    return () => {
      map ??= new SourceMapConsumer(readMap());
      return frames.map(({ line, column }) =>
        show(map.originalPositionFor({ line, column: column - 1 })),
      );
    };
  },
  async "source-map"() {
    const { SourceMapConsumer } = await import("source-map");
    let map;
    return async () => {
      map ??= await new SourceMapConsumer(readMap());
      return frames.map(({ line, column }) =>
        show(map.originalPositionFor({ line, column: column - 1 })),
      );
    };
  },
};

function show({ source, line, column }) {
  return `${source?.replace(/^(?:\.\.\/)+/, "")}:${line}:${column === null ? null : column + 1}`;
}

async function timed(run) {
  const start = performance.now();
  const result = await run();
  return { millis: performance.now() - start, result };
}

const resolve = await READERS[name]();
globalThis.gc?.();
const before = process.memoryUsage.rss();
const cold = await timed(resolve);
const warm = [];
for (let round = 0; round < ROUNDS; round += 1) warm.push((await timed(resolve)).millis);
globalThis.gc?.();
const memoryBytes = process.memoryUsage.rss() - before;
warm.sort((a, b) => a - b);
process.stdout.write(
  `${JSON.stringify({
    coldMillis: cold.millis,
    warmMillis: warm[ROUNDS / 2],
    memoryBytes,
    places: cold.result,
  })}\n`,
);
process.exit(0);
