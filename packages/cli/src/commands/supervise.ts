import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { runSupervisor } from "../stack/supervisor.ts";

/** Not for people: `up` starts it in the background. */
export async function superviseCommand(context: Context): Promise<number> {
  const result = await runSupervisor(context.paths);
  if (result === "stopped") return EXIT.ok;
  context.io.err(
    result === "another-runs"
      ? "another supervisor owns this data directory\n"
      : `there is no specification in "${context.paths.spec}"; \`${context.self} up\` writes one\n`,
  );
  return EXIT.failure;
}
