import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { createProgress } from "../../src/report/progress.ts";
import { createPainter } from "../../src/report/style.ts";
import { recordIo } from "../support/io.ts";
import { until } from "../support/until.ts";

const plain = createPainter(false, {});

describe("progress", () => {
  it("is one line per step where there is no terminal, with the time it took", async () => {
    const io = recordIo();
    const result = await createProgress(io, plain).step("building", async (note) => {
      note("loki,\n\u001b[2Jprometheus");
      return 7;
    });
    expect(result).toBe(7);
    expect(io.stderr()).toMatch(/^✓ building loki, prometheus \d+ms\n$/);
    expect(io.stdout()).toBe("");
  });

  it("marks the step that failed, and hands its fault on", async () => {
    const io = recordIo();
    const fail = createProgress(io, plain).step("building", () => Promise.reject(new Error("no")));
    await expect(fail).rejects.toThrow("no");
    expect(io.stderr()).toMatch(/^✗ building \d+ms\n$/);
  });

  it.each([20, 40, 80, 200])("never redraws more than one row of %i columns", async (columns) => {
    const io = recordIo({}, { isTty: true, columns: () => columns });
    const title = "building prometheus 3.16.0 (2 of 5) with everything that it needs";
    await createProgress(io, createPainter(true, {})).step(title, async (note) => {
      note("about 2m cold");
      await nextDraw(io);
    });
    const drawn = io
      .stderr()
      .split("\r\u001b[2K")
      .slice(1, -1)
      .map((text) => stripVTControlCharacters(text));
    expect(drawn.length).toBeGreaterThan(1);
    for (const row of drawn) {
      expect(row.length).toBeLessThan(columns);
      expect(row).toMatch(/^… buil/);
    }
    if (columns === 200) expect(drawn.at(-1)).toContain(`${title} about 2m cold`);
    // The line that stays is whole; the terminal may wrap it.
    expect(stripVTControlCharacters(io.stderr())).toMatch(
      /✓ building .* needs about 2m cold \d+ms\n$/,
    );
  });
});

/** Until the timer has drawn once more. */
async function nextDraw(io: { stderr: () => string }): Promise<void> {
  const before = io.stderr();
  await until("a redraw", () => io.stderr() !== before);
}
