import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Behaviour, behaviourOf } from "../src/third-party-behaviour.ts";
import { createWeatherServer } from "../src/third-party-server.ts";
import { readWeather } from "../src/weather.ts";

const take = (seed: number, count: number): Behaviour[] =>
  Array.from({ length: count }, (_, index) => behaviourOf(seed, index));

describe("behaviourOf", () => {
  test("repeats itself for a seed, and differs between seeds", () => {
    expect(take(5, 60)).toEqual(take(5, 60));
    expect(take(5, 60)).not.toEqual(take(6, 60));
  });

  test("holds the same number of each behaviour in every twenty", () => {
    for (const block of [0, 1, 2]) {
      const behaviours = take(1, 60).slice(block * 20, block * 20 + 20);
      const count = (wanted: Behaviour) => behaviours.filter((one) => one === wanted).length;
      expect([count("prompt"), count("slow"), count("unavailable"), count("silent")]).toEqual([
        14, 3, 2, 1,
      ]);
    }
  });
});

describe("the weather service", () => {
  test("treats its requests in the order that the seed says", async () => {
    const seed = 3;
    const server = createWeatherServer(seed).listen(0, "127.0.0.1");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, "listening");
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const kinds: string[] = [];
    const expected = take(seed, 8).map((behaviour) =>
      behaviour === "silent" ? "timeout" : behaviour === "unavailable" ? behaviour : "forecast",
    );
    while (kinds.length < expected.length) {
      kinds.push((await readWeather(baseUrl, { city: "Graz" })).kind);
      // Asked-for behaviour does not move the order on.
      await readWeather(baseUrl, { city: "Graz", simulate: "prompt" });
    }
    expect(kinds).toEqual(expected);
  });

  test("is unavailable when nobody listens", async () => {
    const server = createWeatherServer(1).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const result = await readWeather(`http://127.0.0.1:${port}`, { city: "Graz" });
    expect(result.kind).toBe("unavailable");
  });
});
