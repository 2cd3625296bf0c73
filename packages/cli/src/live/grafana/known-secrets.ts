import type { Resource } from "../../plan/resource.ts";
import { fingerprintSecret } from "./fingerprint.ts";
import type { Manifest } from "./manifest.ts";
import { type KnownSecret, secretName } from "./secret-marks.ts";
import { secretValuesOf } from "./secret-values.ts";

export async function readSecrets(
  wanted: readonly Resource[],
  manifest: Manifest,
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, KnownSecret>> {
  const states = new Map<string, KnownSecret>();
  const points = wanted.filter(({ kind }) => kind === "contact-point");
  await Promise.all(
    points.flatMap((point) =>
      secretValuesOf(point, env).map(async ({ path, value }) => {
        const name = secretName(point.id, path);
        const recorded = manifest.secrets[name];
        if (value === undefined) {
          states.set(name, { state: "unknown", value });
          return;
        }
        const now = recorded && (await fingerprintSecret(value, manifest.salt, name));
        const state = now === undefined ? "unrecorded" : now === recorded ? "same" : "changed";
        states.set(name, { state, value });
      }),
    ),
  );
  return states;
}
