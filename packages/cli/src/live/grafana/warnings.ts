import type { Resource } from "../../plan/resource.ts";
import { objects } from "./api-object.ts";
import type { Snapshot } from "./snapshot.ts";

/** What will not work as it is, although nothing refuses it. */
export function readWarnings(
  snapshot: Snapshot,
  wanted: readonly Resource[],
  live: readonly Resource[],
): readonly string[] {
  return [
    ...snapshot.warnings,
    ...missingDatasources(snapshot, wanted),
    ...sharedContactPoints(wanted, live),
    ...rootWithoutReceiver(snapshot),
  ];
}

function missingDatasources(snapshot: Snapshot, wanted: readonly Resource[]): readonly string[] {
  if (snapshot.notObserved.some(({ kind }) => kind === "datasource")) return [];
  const known = new Set([
    "__expr__",
    "-100",
    "grafana",
    ...snapshot.datasources.map((datasource) => String(datasource["uid"])),
    ...wanted.filter(({ kind }) => kind === "datasource").map(({ id }) => id),
  ]);
  const used = new Map<string, number>();
  for (const { kind, body } of wanted) {
    if (kind !== "rule" && kind !== "record") continue;
    const uids = new Set(objects(body["data"]).map((step) => String(step["datasourceUid"])));
    for (const uid of uids) if (!known.has(uid)) used.set(uid, (used.get(uid) ?? 0) + 1);
  }
  return [...used].map(
    ([uid, count]) =>
      `there is no data source with the uid "${uid}", which ${count} rules ask; targets: datasources: names others`,
  );
}

function sharedContactPoints(
  wanted: readonly Resource[],
  live: readonly Resource[],
): readonly string[] {
  const ours = wanted.filter(({ kind }) => kind === "contact-point");
  const ids = new Set(ours.map(({ id }) => id));
  const names = new Set(ours.map(({ body }) => body["name"]));
  const others = live.filter(
    ({ kind, id, owner, body }) =>
      kind === "contact-point" &&
      owner === "foreign" &&
      !ids.has(id) &&
      names.has(body["name"] ?? ""),
  );
  return [...new Set(others.map(({ title }) => title))].map(
    (name) => `contact point "${name}" has integrations of others too; both are told`,
  );
}

function rootWithoutReceiver({ policy, contactPoints }: Snapshot): readonly string[] {
  const receiver = policy?.receiver;
  if (receiver === undefined || receiver === "") return [];
  const isThere = contactPoints.some((point) => point["name"] === receiver);
  // Grafana's first contact point exists without integrations and is in no list.
  if (isThere || /^grafana-default-email$|^empty$/.test(receiver)) return [];
  return [
    `the root of the notification policies names the contact point "${receiver}", which is not there; Grafana refuses to store routes until it is`,
  ];
}
