import { Writable } from "node:stream";
import type { FlushResult } from "@sightline/wire";
import type { NodeConfig } from "../config/node-config.ts";
import { loggerHooks } from "../logs/logger-hooks.ts";
import { severityOf } from "../winston/level-severity.ts";
import type { WinstonFormat, WinstonLogger } from "../winston/logger-class.ts";
import { isPatched } from "../winston/patch-write.ts";
import { readFormattedInfo } from "../winston/read-info.ts";
import { runFormat } from "../winston/run-format.ts";
import { createLineSender, type LineSender } from "./line-sender.ts";
import { resolveTransportConfig, type SightlineTransportOptions } from "./transport-options.ts";

export type { FlushResult } from "@sightline/wire";
export type { SightlineTransportOptions } from "./transport-options.ts";

const LEVEL = Symbol.for("level");

type Info = Readonly<Record<PropertyKey, unknown>>;
type Parent = WinstonLogger & { readonly level?: string };

/**
 * A transport for winston 3 that sends lines by itself, without `start()`: redacted, retried, and
 * spooled while the receiver is away. Where `start()` takes the lines of its logger, it stays quiet.
 *
 * winston takes any object stream that has `log`, and this one behaves as winston-transport does,
 * so that no copy of winston and none of winston-transport has to be found or installed.
 *
 * @example
 * winston.createLogger({ transports: [new SightlineTransport({ serviceName: "shop" })] });
 */
export class SightlineTransport extends Writable {
  readonly name = "sightline";
  level?: string;
  silent?: boolean;
  format?: WinstonFormat;
  handleExceptions?: boolean;
  handleRejections?: boolean;
  /** Set by winston when the transport is added to a logger. */
  levels: Readonly<Record<string, number>> | undefined;
  parent: Parent | null = null;
  readonly #config: NodeConfig;
  #sender: LineSender | undefined;
  #ending: Promise<FlushResult> | undefined;

  /** @throws Error that names every fault of the options at once. */
  constructor(options: SightlineTransportOptions = {}) {
    super({ objectMode: true });
    this.#config = resolveTransportConfig(options);
    const { level, silent, format, handleExceptions, handleRejections } = options;
    if (level !== undefined) this.level = level;
    if (format !== undefined) this.format = format;
    this.silent = silent ?? false;
    this.handleExceptions = handleExceptions ?? false;
    this.handleRejections = handleRejections ?? false;
    this.on("pipe", (source: unknown) => {
      // Removed and added again: as new.
      if (this.#ending !== undefined) this.#sender = undefined;
      this.#ending = undefined;
      this.parent = source as Parent;
      this.levels = this.parent.levels;
    });
    this.on("unpipe", (source: unknown) => {
      if (source !== this.parent) return;
      this.parent = null;
      void this.close();
    });
  }

  /** Takes one line. Never throws; calls back at once, so that it cannot hold other transports up. */
  log(info: unknown, next?: () => void): void {
    try {
      if (typeof info === "object" && info !== null) this.#send(info as Info);
    } catch {
      this.#sender?.countDropped("serialization_failed");
    }
    next?.();
  }

  /**
   * Waits until every line so far is acknowledged, at most `timeoutMillis` (default:
   * `flushTimeoutMillis`, 2,000). Never rejects.
   */
  async flush(timeoutMillis: number = this.#config.flushTimeoutMillis): Promise<FlushResult> {
    return this.#sender?.flush(timeoutMillis) ?? { status: "flushed" };
  }

  /**
   * Sends or spools what is left and ends. winston calls it when the transport is removed or its
   * logger closed. Never rejects; a second call gives the first one's answer.
   */
  close(): Promise<FlushResult> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  override _write(info: Info, _encoding: BufferEncoding, callback: () => void): void {
    if (this.#takes(info)) this.log(info);
    callback();
  }

  override _final(callback: () => void): void {
    void this.close().then(() => callback());
  }

  async #end(): Promise<FlushResult> {
    const { flushTimeoutMillis } = this.#config;
    return this.#sender?.shutdown(flushTimeoutMillis) ?? { status: "flushed" };
  }

  #takes(info: Info): boolean {
    if (this.silent || !this.#config.enabled || this.#ending !== undefined) return false;
    if (info["exception"] === true && !this.handleExceptions) return false;
    if (info["rejection"] === true && !this.handleRejections) return false;
    if (this.#isTakenByStart()) return false;
    const level = this.level ?? this.parent?.level;
    if (level === undefined || this.levels === undefined) return true;
    const least = this.levels[level] ?? -1;
    return least >= (this.levels[String(info[LEVEL])] ?? Number.POSITIVE_INFINITY);
  }

  /** Whether `start()` has seen the line at its logger, to send it or to leave it printed. */
  #isTakenByStart(): boolean {
    return loggerHooks.winston !== undefined && this.parent !== null && isPatched(this.parent);
  }

  #send(info: Info): void {
    // With the first line, so that a transport beside `start()` costs nothing.
    this.#sender ??= createLineSender(this.#config);
    const formatted = this.#formatted(info);
    if (formatted === undefined) return;
    const level = String(formatted[LEVEL] ?? formatted["level"] ?? "");
    const severity = this.levels === undefined ? undefined : severityOf(this.levels, level);
    this.#sender.emit(readFormattedInfo(formatted, Date.now(), level, severity));
  }

  #formatted(info: Info): Info | undefined {
    if (this.format === undefined) return info;
    const formatted = runFormat(this.format, info);
    // winston's own transports throw here, through the host's call; what was not masked is not sent.
    if (formatted.status === "failed") this.#sender?.countDropped("redaction_failed");
    return formatted.status === "formatted" ? formatted.info : undefined;
  }
}
