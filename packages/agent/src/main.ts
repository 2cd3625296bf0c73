#!/usr/bin/env node
import "./small-heap.ts";

/** Each loads what it needs alone: the canary is a process of its own, and a small one. */
async function main([command, ...args]: readonly string[]): Promise<number | undefined> {
  if (command === "canary") return (await import("./canary/run-canary.ts")).runCanary(args);
  const given = command === undefined ? [] : [command, ...args];
  return (await import("./run-agent.ts")).runAgent(given);
}

const code = await main(process.argv.slice(2));
if (code !== undefined) process.exitCode = code;
