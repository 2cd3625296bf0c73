// As its README has it: one import before pino is loaded, everything at its default.
import "@sightline/node/register";
import { flush } from "@sightline/node";

const bare = await import("../../programs/bare-pino.mjs");

export function open(options) {
  return { ...bare.open(options), flush: async () => void (await flush(10_000)) };
}
