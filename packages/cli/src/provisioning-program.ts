import type { Command } from "commander";
import type { Context } from "./context.ts";

type Choose = (command: (context: Context) => Promise<number>) => void;

/**
 * The commands that work on sightline.yaml. Each is loaded when it is called: the schema and the
 * parsers of PromQL and LogQL would cost every other command their start.
 */
export function addProvisioning(_program: Command, _choose: Choose): void {
  // One block a command; each is added by whoever writes the command.
}
