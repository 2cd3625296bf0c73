import { spawnSync } from "node:child_process";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createDelivery } from "../../src/delivery.ts";
import { createFakeClock } from "../fakes/fake-clock.ts";
import { ACCEPTED, createFakeTransport, UNAVAILABLE } from "../fakes/fake-transport.ts";
import { makeBatch } from "../fixtures/batches.ts";
import { makeTemporaryFolder } from "../fixtures/temporary-folder.ts";

const run = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;

/** A real file system of 64 KiB, or undefined where we may not mount one. */
function mountSmallDisk(): string | undefined {
  const folder = makeTemporaryFolder();
  if (!run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder)) return undefined;
  onTestFinished(() => void run("umount", folder));
  return folder;
}

function deliverTo(directory: string) {
  const clock = createFakeClock(Date.now());
  const transport = createFakeTransport(() => UNAVAILABLE);
  const delivery = createDelivery({
    endpoint: "http://127.0.0.1:1",
    spool: { directory },
    transport,
    clock,
  });
  return { transport, delivery };
}

describe("a real disk", () => {
  test("that is full is shown; what does not fit stays in memory and nothing is lost", async ({
    skip,
  }) => {
    const directory = mountSmallDisk();
    if (!directory) return skip("mounting a file system needs root");
    const { transport, delivery } = deliverTo(directory);
    for (let n = 0; n < 20; n += 1) delivery.enqueue(makeBatch(`${n}`.padEnd(8_000, "x")));
    await vi.waitFor(() => expect(delivery.stats().spool?.isAvailable).toBe(false));
    const { memory, spool, dropped, lastError } = delivery.stats();
    expect(memory.batches + (spool?.batches ?? 0)).toBe(20);
    expect(memory.batches).toBeGreaterThan(0);
    expect(spool?.batches).toBeGreaterThan(0);
    expect(dropped).toEqual([]);
    expect(lastError?.text).toContain("ENOSPC");

    transport.answer = () => ACCEPTED;
    expect(await delivery.flush(10_000)).toEqual({ status: "flushed" });
    expect(delivery.stats()).toMatchObject({ acknowledgedRecords: { logs: 20 }, dropped: [] });
    await delivery.shutdown(0);
  });

  test("that turns read-only is shown, and the spool is still sent", async ({ skip }) => {
    const directory = mountSmallDisk();
    if (!directory) return skip("mounting a file system needs root");
    const { transport, delivery } = deliverTo(directory);
    delivery.enqueue(makeBatch("before"));
    await vi.waitFor(() => expect(delivery.stats().spool?.batches).toBe(1));
    expect(run("mount", "-o", "remount,ro", directory)).toBe(true);
    delivery.enqueue(makeBatch("after"));
    await vi.waitFor(() => expect(delivery.stats().lastError?.text).toContain("EROFS"));
    transport.answer = () => ACCEPTED;
    expect(await delivery.flush(10_000)).toEqual({ status: "flushed" });
    expect(delivery.stats()).toMatchObject({ acknowledgedRecords: { logs: 2 }, dropped: [] });
    await delivery.shutdown(0);
  });
});
