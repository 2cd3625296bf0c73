import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { type AppOptions, runApp } from "../support/run-app.ts";

const BOARD = fileURLToPath(new URL("../../../../examples/board/dist/main.js", import.meta.url));

const bed = useReceiverBed();

function options(env: Record<string, string> = {}): AppOptions {
  return {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs: ["--import", "@sightline/node/register"],
    env,
  };
}

function run(script: string, env: Record<string, string> = {}) {
  return runApp(script, options(env));
}

function bodies(): string[] {
  return bed.receiver.logs.map((log) => log.body);
}

it.each(["SIGTERM", "SIGINT"] as const)(
  "flushes on %s and dies by it when nobody else listens",
  async (signal) => {
    const app = run("wait-for-signal.mjs");
    await app.prints("ready");
    app.child.kill(signal);

    expect(await app.ended).toMatchObject({ code: null, signal });
    expect(bodies()).toEqual(["ready"]);
  },
);

it("sends early and leaves the exit to the application when it listens to SIGTERM itself", async () => {
  const app = run("wait-for-signal.mjs", {
    OWN_LISTENER: "1",
    OTEL_METRIC_EXPORT_INTERVAL: "3600000",
  });
  await app.prints("ready");
  app.child.kill("SIGTERM");
  // Within an hour, only a flush sends metrics.
  await bed.receiver.until(() => bed.receiver.points.length > 0 && bed.receiver.logs.length > 0);
  await app.prints("draining");
  app.child.kill("SIGUSR2");

  expect(await app.ended).toMatchObject({ code: 3, signal: null });
  expect(bodies()).toContain("ready");
});

it("dies at once on a second signal while a long flush waits for the receiver", async () => {
  await bed.receiver.close();
  const app = runApp("slow-flush.mjs", {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
  });
  await app.prints("ready");
  // Two kinds, since the kernel folds two signals of one kind into one.
  app.child.kill("SIGTERM");
  app.child.kill("SIGINT");

  // The flush may take 60 s, three times as long as this test may.
  expect((await app.ended).signal).toMatch(/^SIG(TERM|INT)$/);
});

describe("a graceful stop of the application is not cut short", () => {
  const ways = ["on", "once", "prependListener", "prependOnceListener"];
  it.each(ways.flatMap((how) => ["before", "after"].map((when) => [how, when] as const)))(
    "by process.%s %s the start",
    async (how, when) => {
      const app = runApp("signal-listeners.mjs", {
        ...options({ HOW: how, WHEN: when }),
        nodeArgs: [],
      });
      await app.prints("ready");
      app.child.kill("SIGTERM");

      expect(await app.ended).toMatchObject({ code: 0, signal: null });
      expect(bodies()).toEqual(["ready", "stopping", "stopped"]);
    },
  );

  it("in the example board, whose last line arrives", async () => {
    const app = runApp(BOARD, options({ SIGHTLINE_PORT_BOARD: "0", BOARD_DATA: ":memory:" }));
    await app.prints("board is listening");
    app.child.kill("SIGTERM");

    expect(await app.ended).toMatchObject({ code: 0, signal: null });
    expect(bodies().slice(-2)).toEqual(["board is stopping", "board has stopped"]);
  });
});

it("dies by a signal after a listener of the application was taken away again", async () => {
  const app = run("signal-listener-removed.mjs");
  await app.prints("ready");
  app.child.kill("SIGTERM");

  expect(await app.ended).toMatchObject({ code: null, signal: "SIGTERM" });
  expect(bodies()).toEqual(["ready"]);
});
