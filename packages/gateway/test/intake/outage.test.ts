import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { METRIC } from "@sightline/core";
import { createDelivery } from "@sightline/wire";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { decodeRequest } from "../../../wire/test/fixtures/decode-logs.ts";
import { type Receiver, respond, startReceiver } from "../../../wire/test/fixtures/receiver.ts";
import { at, META, STACKS, thrown } from "../support/pages.ts";
import { payloadOf } from "../support/real-faro.ts";
import { NOW, type Rig, type RigOptions, startRig } from "../support/rig.ts";

const rigs: Rig[] = [];
const start = async (options: RigOptions = {}): Promise<Rig> => {
  const rig = await startRig(options);
  rigs.push(rig);
  return rig;
};
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

const line = (message: string) => ({ meta: META, logs: [{ message, timestamp: at(0) }] });
const failing = () =>
  payloadOf(META, (api) => api.pushError(thrown(STACKS.chrome), { timestampOverwriteMs: NOW }));
const bodiesAt = (receiver: Receiver): unknown[] =>
  receiver.requests
    .filter(({ path }) => path === "/v1/logs")
    .flatMap(({ body }) => decodeRequest(body).flatMap(({ records }) => records))
    .map(({ body }) => body);

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sightline-outage-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("while the collector is away", () => {
  it("is safe what is on disk, and is delivered when the collector is back", async () => {
    const rig = await start();
    rig.collector.answer = respond(503);
    expect(await rig.intake.take(rig.beacon(line("kept")))).toMatchObject({ status: "safe" });
    expect(rig.delivery.stats().spool?.batches).toBe(1);
    rig.collector.requests.length = 0;
    rig.collector.answer = respond(200);
    await vi.waitFor(() => expect(bodiesAt(rig.collector)).toContain("kept"), 5_000);
  });

  it("comes again where there is no disk either, and then nothing is lost and nothing counts twice", async () => {
    // A file stands where the folder should be.
    const spool = join(temporaryFolder(), "spool");
    writeFileSync(spool, "");
    const rig = await start({ spool, timeoutMillis: 1_000 });
    rig.collector.answer = respond(503);
    const beacon = rig.beacon(failing());
    expect(await rig.intake.take(beacon)).toEqual({ status: "busy", retryAfterSeconds: 10 });
    expect(rig.counted(METRIC.gatewayStackFrames)).toBe(0);
    rig.collector.answer = respond(200);
    await vi.waitFor(() => expect(rig.delivery.stats().memory.batches).toBe(0), 5_000);
    rig.collector.requests.length = 0;
    expect(await rig.intake.take(beacon)).toEqual({ status: "safe", items: 1, dropped: 0 });
    const kinds = rig.records().map(({ attributes }) => attributes["kind"]);
    expect(kinds.sort()).toEqual(["error", "log", "session", "session"]);
    expect(rig.counted(METRIC.gatewayStackFrames)).toBe(2);
  });

  it("comes again when the disk is full, and nothing that was safe goes for it", async () => {
    const rig = await start({ config: { spool: { maxBytes: 400_000 } } });
    rig.collector.answer = respond(503);
    const safe: string[] = [];
    let status = "safe";
    for (let index = 0; status === "safe" && index < 200; index += 1) {
      const body = `${index} ${"x ".repeat(4_000)}`;
      ({ status } = await rig.intake.take(rig.beacon(line(body))));
      if (status === "safe") safe.push(body.trim());
    }
    expect(status).toBe("busy");
    expect(safe.length).toBeGreaterThan(10);
    expect(rig.delivery.stats().dropped).toEqual([]);
    rig.collector.requests.length = 0;
    rig.collector.answer = respond(200);
    await rig.delivery.flush(5_000);
    const stored = bodiesAt(rig.collector).map((body) => String(body).trim());
    expect(safe.filter((body) => !stored.includes(body))).toEqual([]);
    expect(await rig.intake.take(rig.beacon(line("later")))).toMatchObject({ status: "safe" });
  });

  it("is given up what the collector refuses for good, and said to be dropped", async () => {
    const rig = await start();
    rig.collector.answer = respond(400);
    expect(await rig.intake.take(rig.beacon(line("x")))).toEqual({
      status: "safe",
      items: 0,
      dropped: 1,
    });
  });

  it("loses nothing that was safe when the gateway is killed", async () => {
    const directory = temporaryFolder();
    chmodSync(directory, 0o700);
    const receiver = await startReceiver();
    const { port, endpoint } = receiver;
    await receiver.close();
    const program = fileURLToPath(new URL("../programs/take-until-killed.ts", import.meta.url));
    const child = spawn(process.execPath, [program, endpoint, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const exited = once(child, "exit");
    const safe: string[] = [];
    for await (const text of createInterface({ input: child.stdout })) {
      safe.push(`beacon ${text}`);
      if (safe.length >= 200) child.kill("SIGKILL");
    }
    expect(await exited).toEqual([null, "SIGKILL"]);

    const back = await startReceiver(respond(200), port);
    const delivery = createDelivery({ endpoint, spool: { directory } });
    onTestFinished(async () => {
      await delivery.shutdown(1_000);
      await back.close();
    });
    await vi.waitFor(() => {
      const stored = new Set(bodiesAt(back));
      expect(safe.filter((body) => !stored.has(body))).toEqual([]);
    }, 15_000);
  });
});

describe("many beacons at once", () => {
  it("share requests to the collector", async () => {
    const rig = await start();
    const beacons = Array.from({ length: 500 }, (_, index) => rig.beacon(line(`line ${index}`)));
    const outcomes = await Promise.all(beacons.map((beacon) => rig.intake.take(beacon)));
    expect(outcomes.every(({ status }) => status === "safe")).toBe(true);
    const bodies = rig.ofKind("log").map(({ body }) => body);
    expect(new Set(bodies).size).toBe(500);
    expect(rig.collector.requests.length).toBeLessThan(20);
  });

  it("are told to come again when too much waits already", async () => {
    const rig = await start();
    const held: (() => void)[] = [];
    rig.collector.answer = (response) => held.push(() => response.writeHead(200).end());
    const beacons = Array.from({ length: 80 }, (_, index) =>
      rig.beacon({
        meta: META,
        logs: Array.from({ length: 10 }, (_, part) => ({
          message: `${index} ${part} ${"x ".repeat(15_000)}`,
          timestamp: at(0),
        })),
      }),
    );
    const taking = beacons.map((beacon) => rig.intake.take(beacon));
    const outcomes = Promise.all(taking);
    const refused = await Promise.race(taking.slice(60));
    expect(refused).toEqual({ status: "busy", retryAfterSeconds: 10 });
    rig.collector.answer = respond(200);
    for (const answer of held) answer();
    const statuses = (await outcomes).map(({ status }) => status);
    expect(statuses.filter((status) => status === "safe").length).toBeGreaterThan(10);
    await rig.delivery.flush(5_000);
    const stored = new Set(bodiesAt(rig.collector).map((body) => String(body).split(" ")[0]));
    const lost = statuses.flatMap((status, index) =>
      status === "safe" && !stored.has(String(index)) ? [index] : [],
    );
    expect(lost).toEqual([]);
  });
});
