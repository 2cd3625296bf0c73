/** How a process ends while nobody takes its signals. */
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type OtlpReceiver, openReceiver } from "../support/otlp-receiver.ts";
import { type DataDirectory, makeDataDirectory, runApp } from "../support/run-app.ts";

let data: DataDirectory;
let receiver: OtlpReceiver | undefined;

beforeEach(() => {
  data = makeDataDirectory();
});

afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
  data.remove();
});

/** The longest flush allowed is three times as long as a test: whoever waits for it fails. */
function run(endpoint: string, env: Record<string, string> = {}) {
  return runApp("slow-flush.mjs", { endpoint, dataDirectory: data.path, env });
}

async function unusedPort(): Promise<number> {
  const { port, close } = await openReceiver();
  await close();
  return port;
}

it.each([
  ["a short script ends", { ENDS: "1" }, undefined, { code: 0, signal: null }],
  ["SIGTERM ends a service", {}, "SIGTERM", { code: null, signal: "SIGTERM" }],
  ["a script awaits shutdown()", { SHUTS_DOWN: "1" }, undefined, { code: 0, signal: null }],
] as const)("%s at once when the connection is refused, and loses nothing", async (...given) => {
  const [, env, signal, expected] = given;
  const port = await unusedPort();
  const app = run(`http://127.0.0.1:${port}`, env);
  await app.prints("ready");
  if (signal) app.child.kill(signal);
  expect(await app.ended).toMatchObject({ ...expected, stderr: "" });
  const [folder = ""] = readdirSync(join(data.path, "spool", "fixture"));
  const files = readdirSync(join(data.path, "spool", "fixture", folder));
  expect(files.filter((name) => name.includes("-logs-"))).toHaveLength(1);
  expect(files.filter((name) => name.includes("-metrics-"))).toHaveLength(1);

  receiver = await openReceiver(port);
  const { until, logs } = receiver;
  const next = run(receiver.endpoint);
  await until(() => logs.length >= 2);
  next.child.kill("SIGTERM");
  await next.ended;
  expect(logs.map(({ body }) => body)).toEqual(["ready", "ready"]);
});

it("a receiver that hangs costs the flush timeout, and loses nothing", async () => {
  const hanging = createServer().listen(0, "127.0.0.1");
  await once(hanging, "listening");
  const { port } = hanging.address() as { port: number };
  const app = run(`http://127.0.0.1:${port}`, { ENDS: "1", FLUSH_MILLIS: "300" });
  expect(await app.ended).toMatchObject({ code: 0 });
  hanging.close();

  receiver = await openReceiver();
  const { until, logs } = receiver;
  const next = run(receiver.endpoint);
  await until(() => logs.length >= 2);
  next.child.kill("SIGTERM");
  await next.ended;
  expect(logs).toHaveLength(2);
});
