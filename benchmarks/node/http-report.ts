import { formatFigure, type Section, type Table, type Target } from "../report.ts";
import { BARE, SERVICE_CANDIDATES } from "./http-candidates.ts";
import { type Quartiles, quartilesOf, showQuartiles } from "./quartiles.ts";

/** What one slice of load saw of one candidate. */
export type Slice = {
  readonly rps: number;
  readonly cpuMicros: number;
  readonly p99Millis: number;
};

/** By candidate, in the order of the rounds. */
export type Slices = ReadonlyMap<string, readonly Slice[]>;

export type HttpSize = {
  readonly rounds: number;
  readonly sliceMillis: number;
  readonly warmUpRequests: number;
  readonly connections: number;
};

/** Of each round against the bare server of the same round. */
function against(
  slices: Slices,
  name: string,
  use: (own: Slice, bare: Slice) => number,
): Quartiles {
  const bare = slices.get(BARE) ?? [];
  return quartilesOf(
    (slices.get(name) ?? []).map((own, round) => {
      const other = bare[round];
      return other === undefined ? Number.NaN : use(own, other);
    }),
  );
}

const lostPercent = (own: Slice, bare: Slice): number => (1 - own.rps / bare.rps) * 100;
const addedPercent = (own: Slice, bare: Slice): number =>
  (own.cpuMicros / bare.cpuMicros - 1) * 100;
const addedMicros = (own: Slice, bare: Slice): number => own.cpuMicros - bare.cpuMicros;

export function describeHttp(board: Slices, hello: Slices, size: HttpSize): Section {
  const lost = new Map(
    SERVICE_CANDIDATES.map(({ name }) => [name, against(board, name, lostPercent).median]),
  );
  return {
    part: "http",
    title: "What a request costs",
    tables: [boardTable(board), helloTable(hello)],
    targets: SERVICE_CANDIDATES.flatMap(({ name, ours }): Target[] =>
      ours === undefined
        ? []
        : [
            {
              name: `board, requests/s lost: ${name}`,
              value: lost.get(name) ?? Number.NaN,
              limit: ours === "traces" ? 10 : 5,
              unit: "%",
            },
          ],
    ),
    notes: [
      `${size.rounds} rounds of ${size.sliceMillis / 1_000} s for each candidate after ${size.warmUpRequests} requests to warm up, all servers up at once, in turn there and back; ${size.connections} connections, each with one request at a time. The server has one core of its own as far as the machine has one to give; the sender of requests, the receiver and the benchmark share another. Given are the median and, in brackets, the quartiles. Where others use the machine, processor time is the steadier of the two figures.`,
    ],
    data: { size, board: Object.fromEntries(board), hello: Object.fromEntries(hello) },
  };
}

function boardTable(slices: Slices): Table {
  return {
    columns: [
      "notice board",
      "requests/s lost, %",
      "processor time added, %",
      "processor per request, µs",
      "p99, ms",
    ],
    rows: SERVICE_CANDIDATES.map(({ name }) => {
      const own = slices.get(name) ?? [];
      const isBare = name === BARE;
      return [
        name,
        isBare
          ? `of ${formatFigure(quartilesOf(own.map(({ rps }) => rps)).median)}/s`
          : showQuartiles(against(slices, name, lostPercent)),
        isBare ? "–" : showQuartiles(against(slices, name, addedPercent)),
        showQuartiles(quartilesOf(own.map(({ cpuMicros }) => cpuMicros))),
        showQuartiles(quartilesOf(own.map(({ p99Millis }) => p99Millis))),
      ];
    }),
  };
}

function helloTable(slices: Slices): Table {
  return {
    columns: [
      "`node:http`, hello world",
      "processor per request, µs",
      "added, µs",
      "requests/s lost, %",
    ],
    rows: SERVICE_CANDIDATES.map(({ name }) => {
      const own = slices.get(name) ?? [];
      const isBare = name === BARE;
      return [
        name,
        showQuartiles(quartilesOf(own.map(({ cpuMicros }) => cpuMicros))),
        isBare ? "–" : showQuartiles(against(slices, name, addedMicros)),
        isBare ? "–" : showQuartiles(against(slices, name, lostPercent)),
      ];
    }),
  };
}
