/** One line of a web service: what winston prints, and the same as its OTLP record. */
export interface SampleLine {
  /** As winston's JSON format prints it; what a log file would hold. */
  readonly printed: string;
  readonly record: OtlpRecord;
}

export interface OtlpRecord {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly OtlpAttribute[];
  readonly traceId?: string;
  readonly spanId?: string;
}

export interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly doubleValue: number };
}

interface Content {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number>>;
  /** Lines inside a request carry its trace. */
  readonly isTraced: boolean;
}

type RandomSource = () => number;
const SEVERITY_NUMBER = { info: 9, warn: 13, error: 17 } as const;

/** Share of each sort of line, and how one is made. Ids are random: they are what does not compress. */
const SORTS: readonly { share: number; make: (random: RandomSource) => Content }[] = [
  { share: 0.65, make: makeAccess },
  { share: 0.2, make: makeOrder },
  { share: 0.1, make: makeCacheMiss },
  { share: 0.04, make: makeSlowCall },
  { share: 0.01, make: makeError },
];

export function makeLine(random: RandomSource, timeMillis: number): SampleLine {
  const content = pickSort(random())(random);
  const { level, message, fields, isTraced } = content;
  const timestamp = new Date(timeMillis).toISOString();
  const timeUnixNano = `${timeMillis}000000`;
  return {
    printed: JSON.stringify({ level, message, ...fields, timestamp }),
    record: {
      timeUnixNano,
      observedTimeUnixNano: timeUnixNano,
      severityNumber: SEVERITY_NUMBER[level],
      severityText: level,
      body: { stringValue: message },
      attributes: Object.entries({ kind: "log", ...fields }).map(toAttribute),
      ...(isTraced && { traceId: hex(random, 32), spanId: hex(random, 16) }),
    },
  };
}

function pickSort(at: number): (random: RandomSource) => Content {
  let sum = 0;
  const found = SORTS.find(({ share }) => {
    sum += share;
    return at < sum;
  });
  return found?.make ?? makeAccess;
}

function toAttribute([key, value]: [string, string | number]): OtlpAttribute {
  return {
    key,
    value: typeof value === "number" ? { doubleValue: value } : { stringValue: value },
  };
}

function makeAccess(random: RandomSource): Content {
  const id = integer(random, 1_000_000);
  const route = pick(random, ["/orders", "/products", "/users", "/basket"]);
  const status = random() < 0.97 ? 200 : 404;
  const duration = Math.round(random() ** 3 * 4_000) / 10;
  return {
    level: "info",
    message: `GET ${route}/${id} ${status} ${duration}ms`,
    fields: {
      method: "GET",
      route: `${route}/:id`,
      status,
      duration_ms: duration,
      bytes: integer(random, 40_000),
      request_id: uuid(random),
    },
    isTraced: true,
  };
}

function makeOrder(random: RandomSource): Content {
  const order = integer(random, 10_000_000);
  return {
    level: "info",
    message: `order ${order} placed`,
    fields: { order_id: order, user: hex(random, 16), items: 1 + integer(random, 9) },
    isTraced: true,
  };
}

function makeCacheMiss(random: RandomSource): Content {
  return {
    level: "info",
    message: `cache miss for product:${integer(random, 50_000)}, reading it from the database`,
    fields: { cache: "products" },
    isTraced: false,
  };
}

function makeSlowCall(random: RandomSource): Content {
  return {
    level: "warn",
    message: "the payment provider answers slowly",
    fields: { duration_ms: 1_000 + integer(random, 4_000), attempt: 1 + integer(random, 3) },
    isTraced: true,
  };
}

function makeError(random: RandomSource): Content {
  const order = integer(random, 10_000_000);
  const stack = [
    `Error: card declined for order ${order}`,
    "    at charge (file:///app/src/payments/charge.js:42:11)",
    "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
    "    at async placeOrder (file:///app/src/orders/place-order.js:88:20)",
    "    at async handle (file:///app/src/http/handler.js:31:5)",
  ].join("\n");
  return { level: "error", message: stack, fields: { order_id: order }, isTraced: true };
}

const integer = (random: RandomSource, below: number): number => Math.floor(random() * below);

function pick<T>(random: RandomSource, values: readonly [T, ...T[]]): T {
  return values[integer(random, values.length)] ?? values[0];
}

function hex(random: RandomSource, length: number): string {
  return Array.from({ length }, () => integer(random, 16).toString(16)).join("");
}

function uuid(random: RandomSource): string {
  const text = hex(random, 32);
  return [8, 12, 16, 20, 32]
    .map((end, index, ends) => text.slice(ends[index - 1] ?? 0, end))
    .join("-");
}

/** The same numbers in every run (mulberry32), so that two runs send the same lines. */
export function createRandom(seed: number): RandomSource {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
