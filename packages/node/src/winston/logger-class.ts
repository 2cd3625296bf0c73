/** The part of winston's Logger that is used here. Winston is the host's; it is never imported. */
export type WinstonLogger = {
  readonly silent?: boolean;
  readonly levels?: Readonly<Record<string, number>>;
  readonly format?: WinstonFormat;
  readonly transports?: readonly WinstonTransport[];
  write(info: unknown, ...rest: unknown[]): boolean;
  isLevelEnabled(level: string): boolean;
};

export type WinstonTransport = { readonly name?: unknown; log(...args: unknown[]): unknown };

/** What a format of logform works on. */
export type FormatInfo = {
  level: string;
  message: unknown;
  [key: string | symbol]: unknown;
};

/** A format of logform. */
export type WinstonFormat = {
  transform(info: FormatInfo, options?: unknown): FormatInfo | boolean;
  options?: object;
};

export type WinstonLoggerClass = { readonly prototype: WinstonLogger };

/** Told of each line before the stream sees it. May return another info to write instead. */
export type LineHook = (logger: WinstonLogger, info: object) => object | undefined;

/** Whether a module's exports are winston's Logger class, by its shape. */
export function isLoggerClass(value: unknown): value is WinstonLoggerClass {
  if (typeof value !== "function") return false;
  const prototype: unknown = value.prototype;
  return (
    typeof prototype === "object" &&
    prototype !== null &&
    ["write", "log", "child", "configure", "isLevelEnabled"].every(
      (method) => typeof (prototype as Record<string, unknown>)[method] === "function",
    )
  );
}

/** Whether a value is a logger made by any copy of winston 3. */
export function isLogger(value: unknown): value is WinstonLogger {
  return (
    typeof value === "object" &&
    value !== null &&
    ["write", "isLevelEnabled", "configure"].every(
      (method) => typeof (value as Record<string, unknown>)[method] === "function",
    )
  );
}
