import { describe, expect, test } from "vitest";
import type { BatchFacts, FileFate, SourceStep } from "../../src/ship/batch-file.ts";
import type { Checkpoint } from "../../src/ship/checkpoint.ts";
import { type FoundFile, planRecovery } from "../../src/ship/recover.ts";

function step(source: string, linesBefore: number, lines: number): SourceStep {
  const position = linesBefore + lines;
  return { source, life: "l", position, linesBefore, lines, dropped: {}, unknownGaps: 0 };
}

function found(
  sequence: number,
  steps: readonly SourceStep[],
  more: Partial<BatchFacts> = {},
  fate: FileFate = { kind: "waiting" },
): FoundFile {
  const lines = [{ life: "l", lines: steps.reduce((sum, { lines }) => sum + lines, 0) }];
  return {
    status: "read",
    sequence,
    name: `${sequence}`,
    diskBytes: 4_096,
    bodyBytes: 10,
    fate,
    facts: {
      sequence,
      createdUnixMillis: 1,
      records: 1,
      severityNumber: 9,
      part: 0,
      isContinued: false,
      lines,
      steps,
      lives: [],
      ...more,
    },
  };
}

const torn = (sequence: number): FoundFile => ({
  status: "corrupt",
  sequence,
  name: `${sequence}`,
  diskBytes: 0,
  message: "torn",
});

function saved(sequence: number, more: Partial<Checkpoint> = {}) {
  const positions = [{ source: "a", position: 10, lines: 10 }];
  const accounts = { lives: [], folded: [] };
  return {
    status: "read" as const,
    checkpoint: { sequence, positions, settled: [], accounts, ...more },
  };
}

const NONE = { status: "none" } as const;
const sequencesOf = (files: readonly { sequence: number }[]) => files.map((file) => file.sequence);

describe("what a start makes of the journal", () => {
  test("later files move the positions of the checkpoint on; earlier ones only wait", () => {
    const files = [found(6, [step("a", 10, 5), step("b", 0, 1)]), found(4, [step("a", 0, 10)])];
    const plan = planRecovery(saved(5), files);
    expect(sequencesOf(plan.pending)).toEqual([4, 6]);
    expect(plan.sources.get("a")).toEqual({ position: 15, lines: 15, sequence: 6 });
    expect(plan.sources.get("b")).toEqual({ position: 1, lines: 1, sequence: 6 });
    expect(plan.replayed.map(({ read }) => read.lines)).toEqual([5, 1]);
    expect(plan).toMatchObject({ lost: [], lastSequence: 6 });
  });

  test("what is settled is neither sent again nor counted again", () => {
    const plan = planRecovery(saved(5, { settled: [{ sequence: 4 }, { sequence: 3 }] }), [
      found(4, [step("a", 0, 10)]),
      found(5, [step("a", 10, 1)]),
    ]);
    expect(sequencesOf(plan.pending)).toEqual([5]);
    expect(plan.settled).toEqual([{ sequence: 4 }]);
    expect(plan.replayed).toEqual([]);
  });

  test("what was sent after the checkpoint is counted, moves positions, and is not sent again", () => {
    const fate = { kind: "sent", rejectedRecords: 2 } as const;
    const refused = { kind: "refused" } as const;
    const plan = planRecovery(saved(5), [
      found(4, [step("a", 0, 10)], {}, fate),
      found(6, [step("a", 10, 5)], {}, refused),
      found(7, [step("a", 15, 1)]),
    ]);
    expect(sequencesOf(plan.pending)).toEqual([7]);
    expect(plan.credited.map(({ file, ...more }) => [file.sequence, more.fate])).toEqual([
      [4, fate],
      [6, refused],
    ]);
    expect(plan.settled).toEqual([{ sequence: 4 }, { sequence: 6, refusal: expect.any(String) }]);
    expect(plan.replayed.map(({ read }) => read.lines)).toEqual([5, 1]);
    expect(plan.sources.get("a")?.position).toBe(16);
  });

  test("a torn newest file moves no position: its lines are read again, and none is lost", () => {
    const plan = planRecovery(saved(5), [torn(6)]);
    expect(plan.sources.get("a")?.position).toBe(10);
    expect(plan).toMatchObject({ lost: [], setAside: [{ sequence: 6 }], lastSequence: 6 });
  });

  test("a torn file before others of its source costs exactly its lines, and no other source's", () => {
    const plan = planRecovery(saved(5), [torn(6), found(7, [step("a", 13, 2)]), found(8, [])]);
    expect(plan.lost).toEqual([{ life: "l", lines: 3 }]);
    expect(plan.sources.get("a")?.position).toBe(15);
    expect(plan.sources.has("b")).toBe(false);
  });

  test("a lost checkpoint makes the journal the only truth, and invents no loss", () => {
    const files = [found(8, [step("a", 100, 5)]), found(9, [step("a", 105, 5)])];
    const plan = planRecovery(NONE, files);
    expect(plan.sources.get("a")?.position).toBe(110);
    expect(plan.lost).toEqual([]);
    expect(sequencesOf(plan.pending)).toEqual([8, 9]);
    expect(planRecovery(NONE, [files[0] as FoundFile, found(9, [step("a", 112, 1)])]).lost).toEqual(
      [{ life: "l", lines: 7 }],
    );
  });

  test("parts of a batch count only with the last one", () => {
    const part = (sequence: number, index: number) =>
      found(sequence, [], { part: index, isContinued: true });
    const last = found(8, [step("a", 10, 3)], { part: 2 });
    const whole = planRecovery(saved(5), [part(6, 0), part(7, 1), last]);
    expect(sequencesOf(whole.pending)).toEqual([6, 7, 8]);
    expect(whole.discarded).toEqual([]);
    const unfinished = planRecovery(saved(5), [part(6, 0), part(7, 1)]);
    expect(unfinished).toMatchObject({ pending: [], discarded: ["6", "7"], lastSequence: 7 });
    // A later batch is none of theirs.
    const other = planRecovery(saved(5), [part(6, 0), found(7, [step("a", 10, 1)])]);
    expect(sequencesOf(other.pending)).toEqual([7]);
    expect(other.discarded).toEqual(["6"]);
  });

  test("an empty folder starts from nothing", () => {
    expect(planRecovery(NONE, [])).toMatchObject({ pending: [], lastSequence: 0, lost: [] });
  });
});
