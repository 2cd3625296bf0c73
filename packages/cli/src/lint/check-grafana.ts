import { INTEGRATIONS } from "../compile/contacts/integrations.ts";
import type { Model } from "../compile/model.ts";
import { GRAFANA_FEATURES, type GrafanaFeatureId } from "../emit/grafana/features.ts";
import type { Fault, Place } from "../fault.ts";
import type { SpecDocument } from "../spec/read-spec.ts";
import { severityOf } from "./checks.ts";

/** What needs a newer Grafana than the oldest that is supported. Which one it is, plan reads. */
export function checkGrafana(document: SpecDocument, { target }: Model): readonly Fault[] {
  if (target.kind !== "grafana") return [];
  const { spec, placeOf } = document;
  return [
    ...spec.alerts.flatMap(({ keep_firing_for: keep }, index) =>
      keep === undefined
        ? []
        : [
            needs(
              "keep-firing-for",
              "keep_firing_for",
              placeOf(["alerts", index, "keep_firing_for"]),
            ),
          ],
    ),
    ...spec.routes.flatMap(({ active }, index) =>
      active === undefined
        ? []
        : [needs("active-timings", "active", placeOf(["routes", index, "active"]))],
    ),
    ...(spec.records.length > 0
      ? [needs("record-rules", "a record", placeOf(["records", 0]))]
      : []),
    ...spec.alerts.flatMap(({ folder }, index) =>
      folder?.includes("/")
        ? [
            needs(
              "nested-folders",
              `a folder in a folder ("${folder}")`,
              placeOf(["alerts", index, "folder"]),
            ),
          ]
        : [],
    ),
    ...newerContacts(document),
  ];
}

function newerContacts({ spec, placeOf }: SpecDocument): Fault[] {
  return spec.contacts.flatMap((contact, index) =>
    INTEGRATIONS.flatMap(({ type, title, grafana }) => {
      if (grafana.since === undefined || !Object.hasOwn(contact, type)) return [];
      return [fault(`${title} needs Grafana ${grafana.since}`, placeOf(["contacts", index, type]))];
    }),
  );
}

function needs(id: GrafanaFeatureId, what: string, place: Place): Fault {
  const row = GRAFANA_FEATURES.find((feature) => feature.id === id);
  return fault(`${what} needs Grafana ${row?.since} or newer; before: ${row?.before}`, place);
}

function fault(message: string, place: Place): Fault {
  return { check: "grafana-version", severity: severityOf("grafana-version"), message, place };
}
