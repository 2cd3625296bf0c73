// As its README has it: one import before winston is loaded, everything at its default.
import "@sightline/node/register";
import { flush } from "@sightline/node";

const { openWinston } = await import("../../programs/winston-base.mjs");

export function open({ sibling }) {
  return { write: openWinston([], sibling), flush: async () => void (await flush(10_000)) };
}
