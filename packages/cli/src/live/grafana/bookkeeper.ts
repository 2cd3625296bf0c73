import type { Change } from "../../plan/plan.ts";
import { keyOf } from "../../plan/plan-changes.ts";
import type { Resource } from "../../plan/resource.ts";
import type { AppliedChange } from "../../plan/target.ts";
import type { GrafanaClient } from "./client.ts";
import { isCommon } from "./common-objects.ts";
import { fingerprintSecret } from "./fingerprint.ts";
import { sendThroughRaces } from "./lost-race.ts";
import {
  formatManifest,
  isSameManifest,
  type Manifest,
  manifestName,
  RECORDED_KINDS,
  type RecordedKind,
} from "./manifest.ts";
import { secretName } from "./secret-marks.ts";
import { secretValuesOf } from "./secret-values.ts";

interface BookInput {
  readonly client: GrafanaClient;
  readonly project: string;
  readonly wanted: readonly Resource[];
  readonly manifest: Manifest;
  readonly isEditable: boolean;
  readonly env: NodeJS.ProcessEnv;
}

type BookOutcome =
  | { readonly status: "done" }
  | { readonly status: "failed"; readonly reason: string };

/**
 * Keeps the manifest. A name is written down before its object is made, so that a run that dies in
 * between leaves nothing of which nobody knows whose it is; it is struck out after the object is gone.
 */
export function createBookkeeper(
  input: BookInput,
  changes: readonly Change[],
): {
  readonly open: () => Promise<BookOutcome>;
  readonly close: (applied: readonly AppliedChange[]) => Promise<BookOutcome>;
} {
  let stored = input.manifest;
  const store = async (next: Manifest): Promise<BookOutcome> => {
    if (isSameManifest(stored, next)) return { status: "done" };
    const { client, project } = input;
    const path = `/api/v1/provisioning/templates/${encodeURIComponent(manifestName(project))}`;
    // Without provenance: whoever cleans up must be able to delete it in Grafana's pages.
    const headers = { "X-Disable-Provenance": "true" };
    const body = { template: formatManifest(project, next) };
    const answer = await sendThroughRaces(client, { method: "PUT", path, body, headers });
    if (answer.status === "ok") {
      stored = next;
      return { status: "done" };
    }
    const reason = `the record of what is ours could not be stored: ${answer.message}`;
    return { status: "failed", reason };
  };
  return {
    open: () => {
      const coming = changes.filter(({ action }) => action === "create" || action === "adopt");
      // Noted by each project that needs them, so that none deletes them under the others.
      const common = input.wanted.filter(({ kind, id }) => isCommon(kind, id));
      return store({ ...stored, owned: withNames(stored.owned, [...coming, ...common]) });
    },
    close: async (applied) => {
      const done = applied.filter(({ outcome }) => outcome.status === "done");
      const gone = new Set(
        done.filter(({ change }) => change.action === "delete").map(({ change }) => keyOf(change)),
      );
      const owned = mapOwned(stored.owned, (kind, ids) =>
        ids.filter((id) => !gone.has(`${kind} ${id}`)),
      );
      return await store({ ...stored, owned, secrets: await readSecrets(input, done, gone) });
    },
  };
}

function mapOwned(
  owned: Manifest["owned"],
  change: (kind: RecordedKind, ids: readonly string[]) => readonly string[],
): Manifest["owned"] {
  return Object.fromEntries(
    RECORDED_KINDS.map((kind) => [kind, change(kind, owned[kind])]),
  ) as unknown as Manifest["owned"];
}

function withNames(
  owned: Manifest["owned"],
  coming: readonly Pick<Change, "kind" | "id">[],
): Manifest["owned"] {
  return mapOwned(owned, (kind, ids) => [
    ...new Set([...ids, ...coming.filter((change) => change.kind === kind).map(({ id }) => id)]),
  ]);
}

/** Fingerprints of what was sent now, beside those of what was not. */
async function readSecrets(
  { manifest, wanted, env }: BookInput,
  done: readonly AppliedChange[],
  gone: ReadonlySet<string>,
): Promise<Manifest["secrets"]> {
  const secrets: Record<string, string> = {};
  for (const [name, fingerprint] of Object.entries(manifest.secrets)) {
    const uid = name.slice(0, name.indexOf(":"));
    if (!gone.has(`contact-point ${uid}`)) secrets[name] = fingerprint;
  }
  const sent = new Set(done.map(({ change }) => keyOf(change)));
  for (const resource of wanted) {
    if (resource.kind !== "contact-point" || !sent.has(keyOf(resource))) continue;
    for (const { path, value } of secretValuesOf(resource, env)) {
      const name = secretName(resource.id, path);
      if (value !== undefined) {
        secrets[name] = await fingerprintSecret(value, manifest.salt, name);
      }
    }
  }
  return secrets;
}
