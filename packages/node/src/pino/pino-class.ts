import type { SeverityNumber } from "@sightline/core";
import { createSeverityScale } from "../logs/severity-scale.ts";

/** The part of a pino logger that is used here. Pino is the host's; it is never imported. */
export type PinoLogger = {
  readonly levels: {
    readonly values: Readonly<Record<string, number>>;
    readonly labels: Readonly<Record<number, string>>;
  };
  child(bindings: object): object;
};

/** Makes the line that is printed; kept by pino under a symbol of its own. */
export type AsJson = (
  this: PinoLogger,
  fields: unknown,
  message: unknown,
  level: number,
  time: string,
) => string;

/** Where pino keeps what is needed of a logger. Each copy of pino has symbols of its own. */
export type PinoSymbols = Readonly<Record<SymbolName, symbol | undefined>> & {
  readonly asJson: symbol;
};
type SymbolName = keyof typeof DESCRIPTIONS;

const DESCRIPTIONS = {
  asJson: "pino.asJson",
  chindings: "pino.chindings",
  stringifiers: "pino.stringifiers",
  errorKey: "pino.errorKey",
  messageKey: "pino.messageKey",
  nestedKey: "pino.nestedKey",
  end: "pino.end",
} as const;

/** Public ones, the same in every copy. */
const HOOKS: unique symbol = Symbol.for("pino.hooks");
export const FORMATTERS: unique symbol = Symbol.for("pino.formatters");
export const SERIALIZERS: unique symbol = Symbol.for("pino.serializers");

type StreamWrite = (json: string) => unknown;

/** The host's hook on the finished line. */
export function streamWriteOf(logger: PinoLogger): StreamWrite | undefined {
  const { [HOOKS]: hooks } = logger as { [HOOKS]?: { streamWrite?: unknown } };
  const streamWrite = hooks?.streamWrite;
  return typeof streamWrite === "function" ? (streamWrite as StreamWrite) : undefined;
}

/** The object that holds `asJson` for all loggers of one copy of pino. */
export type PinoPrototype = object;

/** Finds it from any logger, child or root. Undefined for what is no logger of pino. */
export function prototypeOf(logger: object): PinoPrototype | undefined {
  for (let at: object | null = logger; at !== null; at = Object.getPrototypeOf(at)) {
    if (ownSymbol(at, DESCRIPTIONS.asJson) !== undefined) return at;
  }
  return undefined;
}

const bySource = new WeakMap<object, PinoSymbols>();

/** Symbols of the copy of pino that made this logger; looked up once per logger's levels object. */
export function symbolsOf(logger: PinoLogger): PinoSymbols | undefined {
  const cached = bySource.get(logger.levels);
  if (cached !== undefined) return cached;
  const symbols = findSymbols(logger);
  if (symbols !== undefined) bySource.set(logger.levels, symbols);
  return symbols;
}

function findSymbols(logger: object): PinoSymbols | undefined {
  const found: Partial<Record<SymbolName, symbol>> = {};
  for (let at: object | null = logger; at !== null; at = Object.getPrototypeOf(at)) {
    for (const [name, description] of Object.entries(DESCRIPTIONS)) {
      const symbol = ownSymbol(at, description);
      if (symbol !== undefined) found[name as SymbolName] ??= symbol;
    }
  }
  return found.asJson === undefined ? undefined : (found as PinoSymbols);
}

/** The symbol with this description that an object has as a key. */
export function ownSymbol(holder: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(holder).find((symbol) => symbol.description === description);
}

export type PinoLevel = {
  readonly label: string;
  readonly severityNumber: SeverityNumber | undefined;
};

const scales = new WeakMap<object, Map<number, PinoLevel>>();

/** Name and severity of a level's number. */
export function levelOf({ levels }: PinoLogger, number: number): PinoLevel {
  let scale = scales.get(levels);
  if (scale === undefined) {
    scale = createLevels(levels.values);
    scales.set(levels, scale);
  }
  return scale.get(number) ?? { label: String(number), severityNumber: undefined };
}

function createLevels(values: Readonly<Record<string, number>>): Map<number, PinoLevel> {
  const ranked = Object.entries(values).sort(([, left], [, right]) => left - right);
  const severities = createSeverityScale(ranked.map(([label]) => label));
  return new Map(
    ranked.map(([label, number]) => [number, { label, severityNumber: severities.get(label) }]),
  );
}
