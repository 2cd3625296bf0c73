import type { LineRecord } from "@sightline/wire";
import { beforeEach, describe, expect, it } from "vitest";
import { createFakeClock, type FakeClock } from "../../../wire/test/fakes/fake-clock.ts";
import { createErrorRecords, type ErrorRecords } from "../../src/logs/error-records.ts";

let clock: FakeClock;
let emitted: LineRecord[];
let errors: ErrorRecords;

beforeEach(() => {
  clock = createFakeClock();
  emitted = [];
  errors = createErrorRecords({
    emit: (record) => void emitted.push(record),
    clock,
    release: "1.2.3",
  });
});

function line(attributes: Record<string, string | number> = {}): LineRecord {
  return {
    timeUnixMillis: clock.now(),
    severityNumber: 17,
    severityText: "error",
    body: "cannot sell\nError: no such item\n    at sell (/app/sell.js:1:1)",
    attributes: {
      kind: "log",
      "exception.type": "Error",
      "exception.message": "no such item",
      fp: "00000000000000aa",
      fpx: "00000000000000bb",
      fp_t: "Error: no such item at sell",
      fp_v: 1,
      ...attributes,
    },
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 1,
  };
}

const total = () => emitted.reduce((sum, record) => sum + Number(record.attributes["n"]), 0);

it("says of an error what problems are grouped by, and nothing of the line's text", () => {
  errors.note(line({ "user.hash": "0123456789abcdef", "session.id": "s1", cart: 3 }), {});
  expect(emitted).toEqual([
    {
      timeUnixMillis: clock.now(),
      severityNumber: 17,
      severityText: "error",
      body: "Error: no such item at sell",
      attributes: {
        kind: "error",
        fp: "00000000000000aa",
        fpx: "00000000000000bb",
        fp_t: "Error: no such item at sell",
        fp_v: 1,
        exception_type: "Error",
        handled: true,
        release: "1.2.3",
        user_hash: "0123456789abcdef",
        session_id: "s1",
        n: 1,
      },
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: 1,
    },
  ]);
});

it.each([
  ["nobody caught is not handled", { isUncaught: true }, [false]],
  ["was told by another line makes no second record", { isUncaught: true, isRetold: true }, []],
])("an error that %s", (_name, note, handled) => {
  errors.note(line(), note);
  expect(emitted.map((record) => record.attributes["handled"])).toEqual(handled);
});

it("a line without a fingerprint makes no record", () => {
  const { fp: _fp, ...attributes } = line().attributes;
  errors.note({ ...line(), attributes }, {});
  expect(emitted).toEqual([]);
});

describe("a flood of one error", () => {
  it("goes one by one at first, then as one count a second", () => {
    for (let i = 0; i < 1_000; i += 1) errors.note(line(), {});
    expect(emitted.map((record) => record.attributes["n"])).toEqual([1, 1, 1, 1, 1]);
    clock.advance(1_000);
    expect(emitted.map((record) => record.attributes["n"])).toEqual([1, 1, 1, 1, 1, 995]);
    clock.advance(10_000);
    expect(total()).toBe(1_000);
    expect(clock.pendingDelays()).toEqual([]);
  });

  it("loses nothing when the process ends within the second", () => {
    for (let i = 0; i < 100; i += 1) errors.note(line(), {});
    errors.flush();
    expect(total()).toBe(100);
    errors.flush();
    clock.advance(1_000);
    expect(total()).toBe(100);
  });

  it("is counted on time although a blocked event loop holds the timer back", () => {
    const late = createErrorRecords({
      emit: (record) => void emitted.push(record),
      clock: { now: clock.now, after: () => () => undefined },
      release: undefined,
    });
    for (let second = 0; second < 3; second += 1) {
      for (let i = 0; i < 10; i += 1) late.note(line(), {});
      clock.advance(1_000);
    }
    expect(emitted.map((record) => record.attributes["n"])).toEqual([
      ...[1, 1, 1, 1, 1],
      ...[5, 1, 1, 1, 1, 1],
      ...[5, 1, 1, 1, 1, 1],
    ]);
  });

  it("keeps users, sessions and places apart", () => {
    for (let i = 0; i < 10; i += 1) errors.note(line(), {});
    for (const user of ["a", "b"]) {
      for (let i = 0; i < 3; i += 1) errors.note(line({ "user.hash": user }), {});
    }
    errors.note(line({ fpx: "00000000000000cc" }), {});
    errors.flush();
    const held = emitted
      .slice(5)
      .map(({ attributes }) => [attributes["user_hash"], attributes["fpx"], attributes["n"]]);
    expect(held).toEqual([
      [undefined, "00000000000000bb", 5],
      ["a", "00000000000000bb", 3],
      ["b", "00000000000000bb", 3],
      [undefined, "00000000000000cc", 1],
    ]);
  });

  it("of 10,000 users stays bounded, and counts all", () => {
    for (let i = 0; i < 10_000; i += 1) errors.note(line({ "user.hash": `u${i}` }), {});
    errors.flush();
    expect(emitted.length).toBeLessThan(250);
    expect(total()).toBe(10_000);
  });

  it("does not hold another error back", () => {
    for (let i = 0; i < 100; i += 1) errors.note(line(), {});
    errors.note(line({ fp: "00000000000000dd" }), {});
    expect(emitted.at(-1)?.attributes).toMatchObject({ fp: "00000000000000dd", n: 1 });
  });

  it("survives a clock that is set back", () => {
    let now = 1_000_000;
    const stepping = createErrorRecords({
      emit: (record) => void emitted.push(record),
      clock: { now: () => now, after: () => () => undefined },
      release: undefined,
    });
    for (let i = 0; i < 10; i += 1) stepping.note(line(), {});
    now = 5_000;
    stepping.note(line(), {});
    expect(total()).toBe(11);
  });
});
