#!/usr/bin/env node
import { once } from "node:events";
import { enableCompileCache } from "node:module";
import { constants } from "node:os";
import { createInterface } from "node:readline/promises";
import { EXIT } from "@sightline/core";
import { run } from "./run.ts";
import { compileCacheFolder } from "./stack/paths.ts";

const isTty = process.stderr.isTTY === true && process.stdout.isTTY === true;

// A reader that went away (`| head`) is an end like any other, not a fault.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    throw error;
  });
}

async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal is in raw mode, so that Ctrl-C comes as a key; Ctrl-D answers with nothing.
  terminal.once("SIGINT", interrupt);
  const closed = once(terminal, "close").then(() => undefined);
  const asked = terminal.question(question).catch(() => undefined);
  const answer = await Promise.race([asked, closed]);
  terminal.close();
  if (answer === undefined) process.stderr.write("\n");
  return answer ?? "";
}

/** A line that is being redrawn is left, so that the prompt starts on a new one. */
function interrupt(): never {
  if (isTty) process.stderr.write("\n");
  process.exit(EXIT.interrupted);
}

const handlers: (() => void)[] = [];

/** Who writes to a server finishes what is under way first; the second Ctrl-C does not wait. */
function onInterrupt(handler: () => void): () => void {
  handlers.push(handler);
  return () => {
    const index = handlers.indexOf(handler);
    if (index !== -1) handlers.splice(index, 1);
  };
}

const args = process.argv.slice(2);
if (args[0] !== "supervise") {
  // Not in Node's own default, which is below /tmp, where others could put code for us to run.
  const compiled = compileCacheFolder(process.env);
  if (compiled !== undefined) enableCompileCache(compiled);
  process.on("SIGINT", () => (handlers.pop() ?? interrupt)());
  // Not the default way to die: `exit` listeners end builds and remove their drafts.
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      const end = (): never => process.exit(128 + constants.signals[signal]);
      (handlers.pop() ?? end)();
    });
  }
}

process.exitCode = await run(args, {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isTty,
  // Some terminals say 0.
  columns: () => process.stderr.columns || 80,
  env: process.env,
  ask,
  onInterrupt,
});
