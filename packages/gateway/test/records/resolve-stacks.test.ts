import type { FrameResolution, RawFrame, StackResolver } from "@sightline/source-maps";
import { describe, expect, it } from "vitest";
import type { FaroException } from "../../src/faro/faro-payload.ts";
import { createStackReader } from "../../src/records/resolve-stacks.ts";

/** Says what it is asked, and answers when it is told to. */
function askedResolver() {
  const asked: (readonly RawFrame[])[] = [];
  const answers: (() => void)[] = [];
  const resolver: StackResolver = {
    resolve: (_, frames) =>
      new Promise((answer) => {
        asked.push(frames);
        const file = `src/${asked.length}.ts`;
        const resolution: FrameResolution = { status: "resolved", file, line: 1, column: 1 };
        answers.push(() => answer(frames.map(() => resolution)));
      }),
    close: async () => undefined,
  };
  const answerAll = (): void => {
    for (const answer of answers.splice(0)) answer();
  };
  return { resolver, asked, answerAll };
}

const exception = (name: string): FaroException => ({
  kind: "exception",
  timeMillis: 0,
  type: "Error",
  message: name,
  frames: [
    {
      file: `https://shop.example/${name}.js`,
      line: 1,
      column: 1,
      debugId: "5a2f6f0e-0d8f-5d7e-9c5c-0f6f9f0a7c11",
    },
  ],
  framesLeftOut: 0,
  handled: false,
  n: 1,
  causes: [],
});

describe("a reader of stacks", () => {
  it("asks once for an error that comes often, also while it is being read", async () => {
    const { resolver, asked, answerAll } = askedResolver();
    const reader = createStackReader({ resolver });
    const reads = [
      reader.read("shop", [exception("a"), exception("a")]),
      reader.read("shop", [exception("a")]),
    ];
    answerAll();
    const bodies = (await Promise.all(reads)).flat().map(({ body }) => body);
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).toContain("src/1.ts:1:1");
    expect(await reader.read("shop", [exception("a")])).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });

  it("asks for each app by itself, and again when what it knows is old", async () => {
    const { resolver, asked, answerAll } = askedResolver();
    const reader = createStackReader({ resolver, ttlMillis: 1 });
    const first = reader.read("shop", [exception("a")]);
    const other = reader.read("desk", [exception("a")]);
    answerAll();
    await Promise.all([first, other]);
    // The cache reads the clock once in a millisecond.
    const since = performance.now();
    while (performance.now() - since < 3) await new Promise(setImmediate);
    const later = reader.read("shop", [exception("a")]);
    answerAll();
    await later;
    expect(asked).toHaveLength(3);
  });

  it("leaves it at some different stacks of one payload, and says why", async () => {
    const { resolver, asked, answerAll } = askedResolver();
    const reader = createStackReader({ resolver });
    const many = Array.from({ length: 400 }, (_, index) => exception(`e${index}`));
    const reading = reader.read("shop", many);
    answerAll();
    const errors = await reading;
    expect(asked.length).toBeLessThan(100);
    expect(errors).toHaveLength(400);
    expect(errors.at(-1)?.outcomes).toEqual(new Map([["too_many_stacks", 1]]));
    expect(errors.at(-1)?.body).toContain("https://shop.example/e399.js:1:1");
  });
});
