import { EXIT } from "@sightline/core";
import type { Model } from "../../compile/model.ts";
import type { Context } from "../../context.ts";
import { projectTag } from "../../emit/grafana/dashboards.ts";
import { emitGrafana } from "../../emit/grafana/emit-grafana.ts";
import { keyOf } from "../../plan/plan-changes.ts";
import type { Resource } from "../../plan/resource.ts";
import type { ReadLiveResult, Target } from "../../plan/target.ts";
import { formatReference, parseReference } from "../../spec/reference.ts";
import { resolveSecret } from "../resolve-secret.ts";
import type { AnswerFault } from "./answer.ts";
import { applyChanges } from "./apply-changes.ts";
import { canonicalGrafana } from "./canonical.ts";
import { createGrafanaClient, type GrafanaClient } from "./client.ts";
import { recordedBy } from "./common-objects.ts";
import { fingerprintSecret } from "./fingerprint.ts";
import { fitVersion } from "./fit-version.ts";
import { emptyManifest, type Manifest, manifestName, parseManifest } from "./manifest.ts";
import { readSnapshot, type Snapshot } from "./snapshot.ts";
import { createStrain } from "./strain.ts";
import { type KnownSecret, secretName, secretsOf, toResources } from "./to-resources.ts";
import { readWarnings } from "./warnings.ts";

interface Read {
  readonly snapshot: Snapshot;
  readonly manifest: Manifest;
}

/** A Grafana 11 to 13, over its HTTP API. The model's target must be one. */
export function createGrafanaTarget(context: Context, model: Model): Target {
  const { target, project } = model;
  if (target.kind !== "grafana") throw new Error(`${target.name} is no Grafana`);
  const { env } = context.io;
  const whole = emitGrafana(model);
  // What a server of this version can hold; known once it was asked.
  let wanted = whole;
  const strain = createStrain();
  let client: GrafanaClient | undefined;
  let read: Read | undefined;
  const connect = (token: string | undefined): GrafanaClient =>
    createGrafanaClient({
      url: target.url,
      token,
      orgId: target.orgId,
      onStrain: strain.ease,
    });
  return {
    name: target.name,
    get wanted(): readonly Resource[] {
      return wanted;
    },
    faults: [],
    kinds: [
      "folder",
      "datasource",
      "template",
      "mute-timing",
      "contact-point",
      "policy",
      "rule",
      "record",
      "dashboard",
    ],
    canonical: canonicalGrafana,
    readLive: async (signal): Promise<ReadLiveResult> => {
      const token = target.token && resolveSecret(target.token, env);
      if (token?.status === "missing") return missingToken(target, token.reason);
      client ??= connect(token?.value);
      const before = client.counts().requests;
      const result = await readSnapshot(client, {
        wantedDashboards: new Set(
          wanted.filter(({ kind }) => kind === "dashboard").map(({ id }) => id),
        ),
        tag: projectTag(project),
        orgId: target.orgId,
        signal,
      });
      if (result.status === "unsupported") {
        return {
          status: "failed",
          exitCode: EXIT.unsupportedVersion,
          message: result.message,
          advice: [],
        };
      }
      if (result.status === "fault") return toFailure(result.faults, client.origin);
      const { snapshot } = result;
      const fitted = fitVersion(whole, snapshot.version);
      wanted = fitted.wanted;
      const found = findManifest(snapshot, project);
      read = { snapshot, manifest: found.manifest };
      const resources = toResources(snapshot, {
        project,
        tag: projectTag(project),
        manifest: found.manifest,
        others: recordedBy(otherManifests(snapshot, project)),
        wanted: new Map(wanted.map((resource) => [keyOf(resource), resource])),
        secrets: await readSecrets(wanted, found.manifest, env),
      });
      return {
        status: "ok",
        live: {
          resources,
          notObserved: snapshot.notObserved,
          version: `Grafana ${snapshot.version.text}`,
          requests: client.counts().requests - before,
          warnings: [
            ...found.warnings,
            ...fitted.warnings,
            ...readWarnings(snapshot, wanted, resources),
          ],
        },
      };
    },
    apply: async (changes, _live, onProgress, signal) => {
      if (!client || !read) throw new Error("apply before readLive");
      const { snapshot, manifest } = read;
      const { isEditable } = target;
      return await applyChanges(
        { client, project, wanted, snapshot, manifest, isEditable, env, strain, signal },
        changes,
        onProgress,
      );
    },
  };
}

function missingToken(
  {
    name,
    token,
  }: {
    readonly name: string;
    readonly token:
      | { readonly kind: "secret"; readonly from: "env" | "file"; readonly name: string }
      | undefined;
  },
  reason: string,
): ReadLiveResult {
  return {
    status: "failed",
    exitCode: EXIT.notAuthorised,
    message: `no token for ${name}: ${reason}`,
    advice: [
      `make a service account with role Admin in Grafana, add a token, and set ${token ? formatReference(token) : "it"}`,
    ],
  };
}

/** All of them at once: who may not read rules may not read contact points either, and asks once. */
export function toFailure(
  faults: readonly AnswerFault[],
  origin: string,
): Extract<ReadLiveResult, { status: "failed" }> {
  const [first] = faults;
  const exitCode = faults.some(({ kind }) => kind === "not-authorised" || kind === "forbidden")
    ? EXIT.notAuthorised
    : faults.some(({ kind }) => kind === "interrupted")
      ? EXIT.interrupted
      : faults.some(({ kind }) => kind === "no-answer" || kind === "server")
        ? EXIT.noAnswer
        : EXIT.failure;
  const unauthorised = faults.find(({ kind }) => kind === "not-authorised");
  const shown = unauthorised ? [unauthorised] : faults;
  const advice = new Set(shown.map((fault) => fault.advice).filter((text) => text !== undefined));
  return {
    status: "failed",
    exitCode,
    message: `cannot read ${origin}: ${[...new Set(shown.map(({ message }) => message))].join("\n") || first?.message}`,
    advice: [...advice],
  };
}

function findManifest(
  { templates }: Snapshot,
  project: string,
): { readonly manifest: Manifest; readonly warnings: readonly string[] } {
  const name = manifestName(project);
  const template = templates.find((found) => found["name"] === name);
  if (template === undefined) return { manifest: emptyManifest(), warnings: [] };
  const manifest = parseManifest(String(template["template"] ?? ""));
  if (manifest) return { manifest, warnings: [] };
  const warning = `the message template "${name}", in which is kept what is ours, was changed by hand; --adopt takes templates, timings and contact points over again`;
  return { manifest: emptyManifest(), warnings: [warning] };
}

function otherManifests({ templates }: Snapshot, project: string): readonly Manifest[] {
  return templates
    .filter(({ name }) => name !== manifestName(project))
    .map(({ template }) => parseManifest(String(template)))
    .filter((manifest) => manifest !== undefined);
}

async function readSecrets(
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
