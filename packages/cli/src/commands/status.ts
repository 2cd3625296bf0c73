import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { renderStatus } from "../report/status-text.ts";
import { readStackStatus } from "../stack/status.ts";

/** `sightline status`: 0 only if every server is well and a fresh line and sample were read back. */
export async function statusCommand(
  context: Context,
  options: { json?: boolean },
): Promise<number> {
  const status = await readStackStatus(context);
  context.io.out(
    options.json ? `${JSON.stringify(status, null, 2)}\n` : renderStatus(context, status),
  );
  if (status.mode === "none") return EXIT.noAnswer;
  return status.isHealthy ? EXIT.ok : EXIT.failure;
}
