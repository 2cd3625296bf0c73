import type { Command } from "commander";
import type { Context } from "./context.ts";

type Choose = (command: (context: Context) => Promise<number>) => void;

/**
 * The commands that work on sightline.yaml. Each is loaded when it is called: the schema and the
 * parsers of PromQL and LogQL would cost every other command their start.
 */
export function addProvisioning(program: Command, choose: Choose): void {
  program
    .command("doctor")
    .description(
      "send a marked line, sample and span through every hop, and say which one is broken",
    )
    .option("--only <check...>", "these checks alone, and those that they build on")
    .option("--timeout <duration>", "how long to wait for each thing that was sent", "20s")
    .option("--json", "print every check as JSON")
    .action((options) =>
      choose(async (context) =>
        (await import("./commands/doctor.ts")).doctorCommand(context, options),
      ),
    );
}
