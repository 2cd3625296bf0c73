import { LOKI_LABEL } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { Failure } from "../failure.ts";
import { suggest } from "../report/suggest.ts";
import { queryFailure } from "./failure.ts";
import { queryLabelValues } from "./loki.ts";

/** @throws Failure where no line of this service came in the last week: it is misspelt, or silent. */
export async function requireKnownService(
  context: Context,
  service: string | undefined,
): Promise<void> {
  const known = await queryLabelValues(serverUrl(context, "loki"), LOKI_LABEL.serviceName);
  if (known.status !== "ok") throw queryFailure(context, "Loki", known);
  const services = known.value;
  if (service === undefined || services.includes(service)) return;
  throw new Failure(`no service "${service}" has sent a line in the last 7 days`, {
    advice: [suggest(service, services), `services that have: ${services.join(", ") || "none"}`],
  });
}
