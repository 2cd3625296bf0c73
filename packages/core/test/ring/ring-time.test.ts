import { expect, it } from "vitest";
import { formatUtc } from "../../src/ring/ring-time.ts";
import { createSeededRandom } from "./ring-bed.ts";

it("writes times as Date does, from 1970 to 9999", () => {
  const random = createSeededRandom(3);
  const edges = [0, 1, 951_782_400_000, 951_868_799_999, 4_102_444_800_000, 253_402_300_799_999];
  const times = [...edges, ...Array.from({ length: 5_000 }, () => Math.floor(random() * 2.5e14))];
  for (const time of times) expect(formatUtc(time)).toBe(new Date(time).toISOString());
});

it("takes what is no such time for the nearest that is", () => {
  expect(formatUtc(-5)).toBe("1970-01-01T00:00:00.000Z");
  expect(formatUtc(Number.NaN)).toBe("1970-01-01T00:00:00.000Z");
  expect(formatUtc(1e300)).toBe("9999-12-31T23:59:59.999Z");
});
