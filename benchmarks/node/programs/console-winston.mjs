import { openWinston } from "./winston-base.mjs";

/** winston's own Console transport: whoever reads the pipe has the lines. */
export function open({ sibling }) {
  return {
    write: openWinston([], sibling === "stuck" ? "stuckConsole" : "console"),
    flush: async () => {},
  };
}
