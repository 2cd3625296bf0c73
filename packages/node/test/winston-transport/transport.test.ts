import { afterEach, describe, expect, it } from "vitest";
import winston from "winston";
import Transport from "winston-transport";
import { captureWinston } from "../../src/winston/capture-winston.ts";
import { createLineHook } from "../../src/winston/line-hook.ts";
import { setLineHook } from "../../src/winston/patch-write.ts";
import {
  SightlineTransport,
  type SightlineTransportOptions,
} from "../../src/winston-transport/index.ts";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { runApp } from "../support/run-app.ts";

const bed = useReceiverBed();

function create(options: SightlineTransportOptions = {}): SightlineTransport {
  return new SightlineTransport({
    serviceName: "shop",
    endpoint: bed.receiver.endpoint,
    spoolDirectory: bed.data.path,
    ...options,
  });
}

const bodies = () => bed.receiver.logs.map(({ body }) => body);

afterEach(() => setLineHook(undefined));

describe("SightlineTransport", () => {
  it("sends redacted lines with fields, severity, logger's format, and errors with their record", async () => {
    const transport = create({ serviceVersion: "1.2.3" });
    const format = winston.format.combine(
      winston.format.splat(),
      winston.format.colorize({ all: true }),
    );
    const logger = winston.createLogger({ format, transports: [transport] });
    logger.warn("hello %s", "ann", { cart: 3, password: "hunter2" });
    logger.error(new RangeError("too much"));
    await transport.flush();

    const [warn, error] = bed.receiver.logs;
    expect(warn).toMatchObject({ body: "hello ann", severityText: "warn", severityNumber: 13 });
    expect(warn?.resource).toMatchObject({ "service.name": "shop" });
    expect(warn?.attributes).toMatchObject({ cart: 3, kind: "log" });
    expect(JSON.stringify(warn)).not.toContain("hunter2");
    expect(error).toMatchObject({ attributes: { "exception.type": "RangeError" } });
    expect(bed.receiver.errors.map(({ attributes }) => attributes)).toEqual([
      expect.objectContaining({
        exception_type: "RangeError",
        handled: true,
        release: "1.2.3",
        n: 1,
      }),
    ]);
    await transport.close();
  });

  it("keeps to levels and silence, its own and the logger's", async () => {
    const transport = create({ level: "warn" });
    const logger = winston.createLogger({ level: "silly", transports: [transport] });
    logger.info("below its level");
    logger.warn("at its level");
    transport.silent = true;
    logger.warn("silent");
    transport.silent = false;
    transport.level = "debug";
    logger.debug("level changed");
    logger.silly("below");
    await transport.flush();
    expect(bodies()).toEqual(["at its level", "level changed"]);
    await transport.close();
  });

  it.each([
    [true, 1],
    [false, 0],
  ])("takes lines of the exception handler when handleExceptions is %s", async (handle, count) => {
    const transport = create({ handleExceptions: handle, handleRejections: handle });
    const logger = winston.createLogger({ transports: [transport], exitOnError: false });
    logger.exceptions.unhandle();
    logger.rejections.unhandle();
    logger.log(logger.exceptions.getAllInfo(new Error("broken")) as unknown as winston.LogEntry);
    logger.log(logger.rejections.getAllInfo(new Error("refused")) as unknown as winston.LogEntry);
    await transport.flush();
    expect(bed.receiver.logs).toHaveLength(2 * count);
    expect(bed.receiver.errors.map(({ attributes }) => attributes["handled"])).toEqual(
      Array.from({ length: 2 * count }, () => false),
    );
    await transport.close();
  });

  it("does not send what a format of its own drops, or throws at", async () => {
    const format = winston.format((info) => {
      if (info.message === "throw") throw new Error("theirs");
      return info.message === "drop" ? false : info;
    });
    const transport = create({ format: format() });
    const logger = winston.createLogger({ transports: [transport] });
    for (const message of ["drop", "throw", "keep"]) logger.info(message);
    await transport.flush();
    expect(bodies()).toEqual(["keep"]);
    await transport.close();
  });

  it("is quiet where start() takes the lines of its logger, and speaks where it does not", async () => {
    const transport = create();
    const taken: string[] = [];
    setLineHook(
      createLineHook({
        mode: "otlp",
        emit: (line) => void taken.push(line.message),
        nowMillis: Date.now,
      }),
    );
    captureWinston(winston.createLogger({ transports: [transport] })).info("taken");
    const own = create();
    winston.createLogger({ transports: [own] }).info("not captured");
    await transport.flush();
    await own.flush();
    expect(taken).toEqual(["taken"]);
    expect(bodies()).toEqual(["not captured"]);
    await own.close();
    await transport.close();
  });

  it("does not hold its siblings up, and is not held up by its own receiver", async () => {
    const { endpoint } = bed.receiver;
    await bed.receiver.close();
    const infos: unknown[] = [];
    class Sibling extends Transport {
      override log(info: unknown, next: () => void): void {
        infos.push(info);
        next();
      }
    }
    const transport = create({ endpoint });
    const logger = winston.createLogger({ transports: [transport, new Sibling()] });
    for (let i = 0; i < 1_000; i += 1) logger.info(`line ${i}`);
    expect(infos).toHaveLength(1_000);
    expect(await transport.close()).toMatchObject({ status: "spooled" });
  });

  it("sends what is left when its logger is closed, and again when it is added once more", async () => {
    const transport = create();
    const logger = winston.createLogger({ transports: [transport] });
    logger.info("before");
    logger.close();
    await bed.receiver.until(() => bodies().includes("before"));
    logger.add(transport);
    logger.info("after");
    await transport.close();
    expect(bodies()).toEqual(["before", "after"]);
  });

  it("ends its logger's stream when everything is delivered", async () => {
    const transport = create();
    const logger = winston.createLogger({ transports: [transport] });
    const finished = new Promise((resolve) => transport.on("finish", resolve));
    logger.info("last");
    logger.end();
    await finished;
    expect(bodies()).toEqual(["last"]);
  });

  it("never throws at what is hostile", async () => {
    const transport = create();
    const hostile = {
      get x(): string {
        throw new Error("no");
      },
    };
    for (const info of [undefined, 1, "x", hostile, new Proxy({}, { get: () => hostile.x })]) {
      transport.log(info);
    }
    expect(await transport.flush()).toEqual({ status: "flushed" });
    await transport.close();
  });

  it("names every wrong option at once, and never a secret", () => {
    const options = { endpoint: "ftp://user:secret@host", compression: "zip" } as never;
    expect(() => new SightlineTransport(options)).toThrow(
      /^SightlineTransport: cannot start with these options:\n {2}- endpoint: [^\n]+got something else\n {2}- compression: expected one of "gzip", "none", got "zip"$/,
    );
  });

  it("works in CommonJS without start(), and sends the last line before the process ends", async () => {
    const end = await runApp("loggers/transport.cjs", {
      endpoint: bed.receiver.endpoint,
      dataDirectory: bed.data.path,
    }).ended;
    expect(end).toMatchObject({ code: 0, stderr: "" });
    expect(bodies()).toEqual(["from CommonJS"]);
  });
});
