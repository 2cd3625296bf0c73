import type { Resource } from "../../plan/resource.ts";
import { parseReference } from "../../spec/reference.ts";
import { resolveSecret } from "../resolve-secret.ts";
import { fingerprintSecret } from "./fingerprint.ts";
import type { Manifest } from "./manifest.ts";
import { type KnownSecret, secretName, secretsOf } from "./secret-marks.ts";

export async function readSecrets(
  wanted: readonly Resource[],
  manifest: Manifest,
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, KnownSecret>> {
  const states = new Map<string, KnownSecret>();
  const points = wanted.filter(({ kind }) => kind === "contact-point");
  await Promise.all(
    points.flatMap((point) =>
      secretsOf(point.body["settings"]).map(async ([path, text]) => {
        const name = secretName(point.id, path);
        const reference = parseReference(text);
        const found = reference && resolveSecret(reference, env);
        const recorded = manifest.secrets[name];
        if (found?.status !== "ok") {
          states.set(name, { state: "unknown", value: undefined });
          return;
        }
        const { value } = found;
        const now = recorded && (await fingerprintSecret(value, manifest.salt, name));
        const state = now === undefined ? "unrecorded" : now === recorded ? "same" : "changed";
        states.set(name, { state, value });
      }),
    ),
  );
  return states;
}
