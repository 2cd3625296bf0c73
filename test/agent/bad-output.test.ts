import { LOKI_LIMIT } from "@sightline/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../harness/until.ts";
import type { AgentProcess } from "./agent-process.ts";
import { createObserver, droppedOf, type Observer } from "./observer.ts";
import { type Rig, startRig, whyNoRig } from "./rig.ts";

const reason = whyNoRig();
/** Letters of three bytes in each long line of the writer's `utf8`. */
const BROKEN_TEXT_LETTERS = 16 * 1024;
const BULK_BYTES = 50_000_000;

describe.skipIf(reason !== undefined)(
  `what containers print${reason ? ` (${reason})` : ""}`,
  () => {
    let rig: Rig;
    let agent: AgentProcess;
    let observer: Observer;

    beforeAll(async () => {
      rig = await startRig();
      agent = await rig.agent("agent");
      await agent.up();
      observer = createObserver(rig);
    });
    afterAll(async () => {
      try {
        expect(agent?.unexpectedEnd()).toBeUndefined();
      } finally {
        await rig?.dispose();
      }
    });

    /** Runs a writer to its end; its records and its account. */
    async function runToEnd(name: string, ...command: string[]) {
      const id = await rig.run({ name, command });
      await rig.docker.wait(id);
      const [account, ...more] = await observer.untilSettled(agent, id);
      if (account === undefined || more.length > 0) throw new Error(`not one account of "${name}"`);
      return { id, account };
    }

    it("joins a line that Docker cuts at 16 kB", async () => {
      const { account } = await runToEnd("joins", "long", "-id", "life-joins", "-bytes", "50000");
      expect(account).toMatchObject({ readLines: 2, acknowledgedLines: 2 });
      const records = await observer.untilRecords("joins", "log", 2);
      expect(records.map(({ text }) => text.length)).toEqual([50_000, 32]);
      expect(records[0]?.fields["cut_bytes"]).toBeUndefined();
    });

    it("cuts a line of 10 MB to what the store takes and says how much it cut", async () => {
      const size = 10_000_000;
      const { account } = await runToEnd(
        "huge",
        "long",
        "-id",
        "life-huge",
        "-bytes",
        String(size),
      );
      expect(account).toMatchObject({ readLines: 2, acknowledgedLines: 2, droppedLines: {} });
      const [line, after] = await observer.untilRecords("huge", "log", 2);
      const kept = Buffer.byteLength(line?.text ?? "");
      expect(kept).toBeGreaterThan(100_000);
      expect(kept).toBeLessThanOrEqual(LOKI_LIMIT.maxBodyBytes);
      expect(line?.text).not.toContain("cut by Loki");
      expect(Number(line?.fields["cut_bytes"])).toBeGreaterThan(size - LOKI_LIMIT.maxBodyBytes - 1);
      expect(after?.text).toContain("after the long line");
    });

    it("stores binary output as text and goes on", async () => {
      const flags = ["binary", "-id", "life-binary", "-bytes", "300000"];
      const { account } = await runToEnd("binary", ...flags);
      expect(account.readLines).toBe(account.acknowledgedLines);
      expect(droppedOf(account)).toBe(0);
      const records = await until("the line behind it", async () => {
        const found = await observer.records("binary");
        return found.some(({ text }) => text.includes("after the binary bytes")) && found;
      });
      for (const { text } of records) expect(Buffer.from(text).toString()).toBe(text);
    });

    it("replaces what is no UTF-8, and little else where Docker itself cuts characters", async () => {
      await runToEnd("letters", "utf8", "-id", "life-letters");
      const records = await observer.untilRecords("letters", "log", 5);
      const [lone, ...long] = records;
      expect(lone?.text).toMatch(/^life-letters 1 lone bytes \ufffd+ \ufffd\( \ufffd+ end$/);
      for (const { text } of long.slice(0, 3)) {
        expect(text).toMatch(/€ whole$/);
        // json-file stores each part as text of its own: at each of three borders one is broken.
        expect(text.match(/€/g)?.length).toBeGreaterThanOrEqual(BROKEN_TEXT_LETTERS - 3);
      }
      expect(records.at(-1)?.text).toBe("life-letters 5 the last one");
    });

    it("keeps characters whole that are cut at 16 kB, where the log driver keeps bytes", async () => {
      const command = ["utf8", "-id", "life-local"];
      const id = await rig.run({ name: "local", command, logDriver: "local" });
      await rig.docker.wait(id);
      await observer.untilSettled(agent, id);
      const records = await observer.untilRecords("local", "log", 5);
      expect(records).toHaveLength(5);
      for (const { text } of records.slice(1, 4)) {
        expect(text).not.toContain("\ufffd");
        expect(text.match(/€/g)).toHaveLength(BROKEN_TEXT_LETTERS);
      }
    });

    it("accounts for a container that prints nothing", async () => {
      const { account } = await runToEnd("silent", "nothing");
      expect(account).toMatchObject({ readLines: 0, acknowledgedLines: 0, unknownGaps: 0 });
      const [crash] = await observer.untilRecords("silent", "crash", 1);
      expect(crash?.fields).toMatchObject({ exit_code: "0", verdict: "clean" });
    });

    it("stays small and counts every line of a container that prints without end", async () => {
      const flags = ["bulk", "-id", "life-bulk", "-bytes", String(BULK_BYTES)];
      const { account } = await runToEnd("bulk", ...flags);
      const written = BULK_BYTES / 200;
      expect(account.unknownGaps).toBe(0);
      expect(account.readLines).toBe(written);
      const stored = new Set(
        (await observer.records("bulk"))
          .filter(({ text }) => text.startsWith("life-bulk "))
          .map(({ text }) => text.split(" ")[1]),
      );
      expect(stored.size + droppedOf(account)).toBe(written);
    });

    it("keeps times of the future within what the store takes", async () => {
      const future = new Date(Date.now() + 48 * 3_600_000).toISOString();
      const line = JSON.stringify({
        time: future,
        level: "info",
        msg: "from the day after tomorrow",
      });
      const { account } = await runToEnd("future", "text", line);
      expect(account).toMatchObject({ readLines: 1, acknowledgedLines: 1 });
      const [record] = await observer.untilRecords("future", "log", 1);
      expect(record?.text).toBe("from the day after tomorrow");
    });

    it("joins a stack into one record", async () => {
      await runToEnd("trace", "stack", "-lang", "python");
      const records = await observer.untilRecords("trace", "log", 1);
      expect(records).toHaveLength(1);
      expect(records[0]?.text).toMatch(/^Traceback .*ValueError: no such order$/s);
      expect(records[0]?.fields["exception_type"]).toBe("ValueError");
    });

    it.each(["a.b_c-d", "UPPER.case", `long-${"x".repeat(120)}`, "0123"])(
      "takes the name %s",
      async (name) => {
        await runToEnd(name, "text", "hello");
        expect((await observer.untilRecords(name, "log", 1)).map(({ text }) => text)).toEqual([
          "hello",
        ]);
      },
    );

    it("takes labels that no one should write", async () => {
      const service = 'sh"op {} \\ €\n';
      const id = await rig.run({
        name: "odd-labels",
        command: ["text", "hello"],
        labels: { "com.docker.compose.service": service, "sightline.logs": "perhaps", "": "empty" },
      });
      await rig.docker.wait(id);
      const [account] = await observer.untilSettled(agent, id);
      expect(account).toMatchObject({ acknowledgedLines: 1 });
    });
  },
);
