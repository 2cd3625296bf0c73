#!/usr/bin/env node
import { createInterface } from "node:readline/promises";
import { EXIT } from "@sightline/core";
import { run } from "./run.ts";

// A reader that went away (`| head`) is an end like any other, not a fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});

async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

const args = process.argv.slice(2);
if (args[0] !== "supervise") process.once("SIGINT", () => process.exit(EXIT.interrupted));

process.exitCode = await run(args, {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isTty: process.stderr.isTTY === true && process.stdout.isTTY === true,
  columns: process.stderr.columns ?? 100,
  env: process.env,
  ask,
});
