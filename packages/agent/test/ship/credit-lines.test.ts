import { expect, test } from "vitest";
import { shareRefused } from "../../src/ship/credit-lines.ts";
import { seededRandom } from "./support/seeded-random.ts";

test("refused records are laid on the lives in proportion, and none gets more than it has", () => {
  const random = seededRandom(7);
  for (let round = 0; round < 2_000; round += 1) {
    const count = 1 + Math.floor(random() * 6);
    const lines = Array.from({ length: count }, (_, n) => ({
      life: `${n}`,
      lines: Math.floor(random() * 30),
    }));
    const total = lines.reduce((sum, part) => sum + part.lines, 0);
    // Some records hold several lines, and some none.
    const records = 1 + Math.floor(random() * 60);
    const refused = Math.floor(random() * (records + 5));
    const shares = shareRefused({ lines, records }, refused);
    const ratio = Math.min(1, refused / records);
    expect(shares.reduce((sum, share) => sum + share.refused, 0)).toBe(Math.round(total * ratio));
    for (const share of shares) {
      expect(share.refused).toBeGreaterThanOrEqual(0);
      expect(share.refused).toBeLessThanOrEqual(share.lines);
      expect(Math.abs(share.refused - share.lines * ratio)).toBeLessThanOrEqual(1);
    }
  }
});

test("a batch without records has nothing to refuse", () => {
  expect(shareRefused({ lines: [], records: 0 }, 3)).toEqual([]);
});
