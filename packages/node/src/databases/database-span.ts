import type {
  Attributes,
  AttributeValue,
  Exception,
  Link,
  Span,
  SpanContext,
  SpanStatus,
  TimeInput,
} from "@opentelemetry/api";
import { SpanStatusCode } from "@opentelemetry/api";
import { ATTRIBUTE } from "@sightline/core";
import { OTHER_LABEL } from "../metrics/value-cap.ts";
import type { DatabaseSink } from "./database-sink.ts";
import { activeDriverError } from "./driver-error.ts";
import { MYSQL, maskSql, POSTGRESQL, type SqlDialect, sqlOperation } from "./statement.ts";

/** Where the error has neither a code nor a name of its own; see the semantic conventions. */
const OTHER_ERROR = "_OTHER";
const DIALECTS: Readonly<Record<string, SqlDialect>> = { postgresql: POSTGRESQL, mysql: MYSQL };

export type Operation = {
  readonly sink: DatabaseSink;
  /** Ours where the trace is kept; else one that only carries the trace on. */
  readonly span: Span;
  /** As the instrumentation gave them, without the statement. */
  readonly attributes: Attributes;
  /** The name that the instrumentation gave, for what is no operation. */
  readonly name: string;
};

/**
 * What an instrumentation of OpenTelemetry takes for its span. It measures the operation, whether or
 * not the trace is kept, and lets only statements, messages and names without values through.
 */
export class DatabaseSpan implements Span {
  readonly #operation: Operation;
  readonly #startMillis = performance.now();
  #operationName: string | undefined;
  #errorType: string | undefined;
  #isEnded = false;

  constructor(operation: Operation) {
    this.#operation = operation;
    const { attributes, name, span } = operation;
    const given = attributes[ATTRIBUTE.dbOperationName];
    if (typeof given === "string" && given !== "") this.#setOperation(given);
    else if (span.isRecording()) span.updateName(/connect/.test(name) ? "connect" : this.#system());
  }

  /** @param statement SQL as it was sent, or a function that gives text without values */
  noteStatement(statement: unknown): void {
    const { span } = this.#operation;
    const dialect = DIALECTS[this.#system()];
    if (dialect !== undefined && typeof statement === "string") {
      const operation = sqlOperation(statement);
      if (operation !== undefined) this.#setOperation(operation);
      if (span.isRecording()) span.setAttribute(ATTRIBUTE.dbQueryText, maskSql(statement, dialect));
    } else if (typeof statement === "function" && span.isRecording()) {
      span.setAttribute(ATTRIBUTE.dbQueryText, describeSafely(statement as () => string));
    }
  }

  setAttribute(name: string, value: AttributeValue): this {
    if (name === ATTRIBUTE.dbQueryText) this.noteStatement(value);
    else if (name === ATTRIBUTE.dbOperationName) this.#setOperation(String(value));
    else this.#operation.span.setAttribute(name, value);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined) this.setAttribute(name, value);
    }
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (status.code === SpanStatusCode.ERROR) {
      this.#errorType ??= readErrorType(activeDriverError()) ?? OTHER_ERROR;
    }
    const { message } = status;
    // A message quotes what it complains of: a key, a value, a piece of the statement.
    const masked = message === undefined ? {} : { message: maskSql(`${message}`, MYSQL) };
    this.#operation.span.setStatus({ code: status.code, ...masked });
    return this;
  }

  /** The type is enough: a message quotes values, and the stack is the driver's own. */
  recordException(exception: Exception): void {
    this.#errorType = readErrorType(exception) ?? this.#errorType;
  }

  end(endTime?: TimeInput): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { sink, span } = this.#operation;
    if (this.#errorType !== undefined) span.setAttribute(ATTRIBUTE.errorType, this.#errorType);
    span.end(endTime);
    // Opening a connection is no operation.
    if (sink.duration === undefined || this.#operationName === undefined) return;
    sink.duration.record((performance.now() - this.#startMillis) / 1000, this.#metricAttributes());
  }

  updateName(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(link: Link): this {
    this.#operation.span.addLink(link);
    return this;
  }

  addLinks(links: Link[]): this {
    this.#operation.span.addLinks(links);
    return this;
  }

  spanContext(): SpanContext {
    return this.#operation.span.spanContext();
  }

  isRecording(): boolean {
    return !this.#isEnded;
  }

  #system(): string {
    return String(this.#operation.attributes[ATTRIBUTE.dbSystemName] ?? "database");
  }

  #setOperation(given: string): void {
    const { attributes, sink, span } = this.#operation;
    const name = sink.operations.fit(toOperationName(given, this.#system()));
    this.#operationName = name;
    if (!span.isRecording()) return;
    const target =
      attributes[ATTRIBUTE.dbCollectionName] ?? attributes[ATTRIBUTE.dbNamespace] ?? "";
    span.setAttribute(ATTRIBUTE.dbOperationName, name);
    span.updateName(`${name} ${String(target)}`.trim());
  }

  #metricAttributes(): Attributes {
    const { attributes, sink } = this.#operation;
    const address = attributes[ATTRIBUTE.serverAddress];
    const port = attributes[ATTRIBUTE.serverPort];
    const namespace = attributes[ATTRIBUTE.dbNamespace];
    const peer = `${this.#system()} ${address}:${port}/${namespace}`;
    const server: Attributes =
      sink.peers.fit(peer) === peer
        ? {
            [ATTRIBUTE.serverAddress]: address,
            [ATTRIBUTE.serverPort]: port,
            [ATTRIBUTE.dbNamespace]: namespace,
          }
        : { [ATTRIBUTE.serverAddress]: OTHER_LABEL };
    return withoutUndefined({
      [ATTRIBUTE.dbSystemName]: this.#system(),
      [ATTRIBUTE.dbOperationName]: this.#operationName,
      [ATTRIBUTE.errorType]: this.#errorType,
      ...server,
    });
  }
}

/** `get` and `GET` of Redis are one; what is no plain name could be a value. */
function toOperationName(given: string, system: string): string {
  if (!/^[A-Za-z][\w.-]{0,30}(?: [A-Za-z][\w.-]{0,30})?$/.test(given)) return OTHER_LABEL;
  return system === "redis" ? given.toUpperCase() : given;
}

/** What is described is the host's: it may throw when it is looked at. */
function describeSafely(statement: () => string): string {
  try {
    return String(statement());
  } catch {
    return "?";
  }
}

function readErrorType(exception: unknown): string | undefined {
  if (typeof exception === "string") return /\(code: (\w{1,40})\)/.exec(exception)?.[1];
  try {
    const { code, name } = (exception ?? {}) as { code?: unknown; name?: unknown };
    if (typeof code === "string" && /^\w{1,40}$/.test(code)) return code;
    return typeof name === "string" && /^\w{1,60}$/.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

function withoutUndefined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
