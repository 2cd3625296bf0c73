import { expect, it } from "vitest";
import { createRateLimit } from "../../src/signals/rate-limit.ts";

it("lets a burst pass, then its rate, and loses nothing to a clock that is set back", () => {
  let time = 0;
  const limit = createRateLimit(10, 3, () => time);
  const takeAll = (): number => {
    let taken = 0;
    while (limit.take()) taken += 1;
    return taken;
  };
  expect(takeAll()).toBe(3);
  time += 150;
  expect(takeAll()).toBe(1);
  time -= 1_000_000;
  expect(takeAll()).toBe(0);
  time += 100_000;
  expect(takeAll()).toBe(3);
});
