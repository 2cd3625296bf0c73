import { createTestStack, type TestStack } from "../../test/harness/stack.ts";
import { atExit, endAtExit } from "../at-exit.ts";

/** A stack of its own, removed with its data afterwards, also at Ctrl-C. */
export async function withStack<T>(use: (stack: TestStack) => Promise<T>): Promise<T> {
  const stack = await createTestStack({ SIGHTLINE_HOST: "bench-vm" });
  const dispose = atExit(stack.dispose);
  try {
    return await use(stack);
  } finally {
    await dispose();
  }
}

/** `sightline up` without the example: nothing but the servers. */
export async function startServers(stack: TestStack): Promise<void> {
  await runCli(stack, "up", "--only", "stack", "--mode", "embedded");
}

export async function runCli(stack: TestStack, ...args: string[]): Promise<void> {
  const { child, done } = stack.start(args);
  endAtExit(child);
  const { code, stdout, stderr } = await done;
  if (code !== 0)
    throw new Error(`sightline ${args.join(" ")} ended with ${code}:\n${stderr}${stdout}`);
}
