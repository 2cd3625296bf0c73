import { describe, expect, it } from "vitest";
import { INTEGRATIONS } from "../../packages/cli/src/compile/contacts/integrations.ts";
import { findNotifier, knownFields } from "../harness/grafana/notifiers.ts";
import { profileOf } from "../harness/grafana/profiles.ts";
import { createState } from "../harness/grafana/state.ts";

// Grafana keeps a setting that it does not know, and never reads it: a misspelt one would be lost.
describe.each(INTEGRATIONS.map((row) => [row.type, row] as const))("contact %s", (_type, row) => {
  const notifier = findNotifier(createState(profileOf("13.2.0")), row.grafana.type);

  it("is of a type that Grafana has, and fills only what Grafana reads", () => {
    if (!notifier) throw new Error(`Grafana has no contact points of type ${row.grafana.type}`);
    const slots = Object.values(row.fields).flatMap(({ grafana }) => grafana?.at ?? []);
    const used = [
      ...slots,
      ...Object.values(row.grafana.message),
      ...Object.keys(row.grafana.constant ?? {}),
    ].map((path) => path.split(".")[0]);
    const known = knownFields(notifier);
    expect(used.filter((field) => field && !known.includes(field))).toEqual([]);
  });
});
