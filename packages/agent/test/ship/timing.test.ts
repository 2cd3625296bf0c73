import { describe, expect, test, vi } from "vitest";
import { createFakeClock } from "../../../wire/test/fakes/fake-clock.ts";
import { createCheckpointKeeper } from "../../src/ship/checkpoint-keeper.ts";
import { createJournalFolder } from "../../src/ship/journal-folder.ts";
import { createRareLog } from "../../src/ship/rare-log.ts";
import { answer, startCollector } from "./support/collector.ts";
import { batchFiles, makeFolder, openRig, shipment } from "./support/rig.ts";

describe("a batch", () => {
  test("is made after 250 ms; after two seconds while others wait; at once again for the dying", async () => {
    const directory = makeFolder();
    const collector = await startCollector(answer(503));
    const clock = createFakeClock();
    const times = { clock, batchMillis: 250, checkpointMillis: 100_000 };
    const { shipper } = await openRig(directory, collector.endpoint, times);
    shipper.ship(shipment(1, 1));
    expect(clock.pendingDelays()).toEqual([250]);
    clock.advance(250);
    await vi.waitFor(() => expect(batchFiles(directory)).toHaveLength(1));
    for (let number = 2; number <= 10; number += 1) {
      shipper.ship(shipment(number, number));
      await shipper.flush();
    }
    shipper.ship(shipment(11, 11));
    expect(clock.pendingDelays()).toContain(2_000);
    clock.advance(100);
    shipper.ship({ ...shipment(12, 12), isUrgent: true });
    expect(clock.pendingDelays()).toContain(250);
    expect(clock.pendingDelays()).not.toContain(1_900);
  });
});

describe("a checkpoint", () => {
  async function keep(lives: number, isPressed = false) {
    const clock = createFakeClock();
    const folder = createJournalFolder(makeFolder());
    const counts = {
      readLines: 1,
      sentLines: 1,
      acknowledgedLines: 1,
      droppedLines: {},
      unknownGaps: 0,
    };
    const accounts = {
      folded: [],
      lives: Array.from({ length: lives }, (_, n) => ({
        facts: { life: `${n}`, service: "api" },
        counts,
      })),
    };
    const keeper = createCheckpointKeeper({
      folder,
      clock,
      intervalMillis: 1_000,
      isPressed: () => isPressed,
      snapshot: () => ({ sequence: 1, positions: [], accounts }),
      onRemoved: () => {},
      onHealth: () => {},
    });
    await keeper.save();
    keeper.touch();
    keeper.touch();
    await folder.release();
    return clock.pendingDelays();
  }

  test("is written at most once a second, seldomer where it is large, but not while room is short", async () => {
    expect(await keep(10)).toEqual([1_000]);
    const [large = 0] = await keep(2_000);
    expect(large).toBeGreaterThan(3_000);
    expect(await keep(50_000)).toEqual([10_000]);
    expect(await keep(50_000, true)).toEqual([1_000]);
  });
});

test("the same complaint is made once a minute, with how often it was not", () => {
  const clock = createFakeClock();
  const said: string[] = [];
  const log = createRareLog((text) => said.push(text), clock);
  for (let n = 0; n < 5; n += 1) log("refused", `refused ${n}`);
  log("other", "something else");
  clock.advance(60_000);
  log("refused", "refused again");
  log("refused", "and again");
  expect(said).toEqual([
    "refused 0",
    "something else",
    "refused again (and 4 times since the last one)",
  ]);
});
