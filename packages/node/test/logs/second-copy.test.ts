import { Console } from "node:console";
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import winston from "winston";

/** Modules of one copy of the package, as a second one in `node_modules` would be. */
async function loadCopy() {
  vi.resetModules();
  return {
    ...(await import("../../src/winston/patch-write.ts")),
    ...(await import("../../src/winston/capture-winston.ts")),
    ...(await import("../../src/pino/patch-as-json.ts")),
    ...(await import("../../src/pino/capture-pino.ts")),
    ...(await import("../../src/console/patch-console.ts")),
  };
}

type Copy = Awaited<ReturnType<typeof loadCopy>>;

let first: Copy;
let second: Copy;

beforeEach(async () => {
  first = await loadCopy();
  second = await loadCopy();
  expect(first.patchWrite).not.toBe(second.patchWrite);
});

afterEach(() => {
  second.setLineHook(undefined);
  second.setPinoHook(undefined);
  second.setConsoleHook(undefined);
});

function sink(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

it("a second copy of this package takes a line once, also after the first has let go", () => {
  const stream = sink();
  const logger = winston.createLogger({ transports: [new winston.transports.Stream({ stream })] });
  const log = pino({}, stream);
  const output = new Console(stream);
  const said: string[] = [];
  function hook(copy: Copy, name: string): void {
    copy.captureWinston(logger);
    copy.capturePino(log);
    copy.patchConsole(output);
    copy.setLineHook(() => void said.push(`${name} winston`));
    copy.setPinoHook(({ json }) => {
      said.push(`${name} pino`);
      return json;
    });
    copy.setConsoleHook(() => void said.push(`${name} console`));
  }
  function speak(): void {
    logger.info("x");
    log.info("x");
    output.log("x");
  }

  hook(first, "first");
  hook(second, "second");
  speak();
  first.setLineHook(undefined);
  first.setPinoHook(undefined);
  first.setConsoleHook(undefined);
  hook(second, "again");
  speak();

  expect(said).toEqual([
    "second winston",
    "second pino",
    "second console",
    "again winston",
    "again pino",
    "again console",
  ]);
});
