import { EXIT } from "@sightline/core";
import type { Model } from "../../compile/model.ts";
import type { Context } from "../../context.ts";
import { projectTag } from "../../emit/grafana/dashboards.ts";
import { emitGrafana } from "../../emit/grafana/emit-grafana.ts";
import { keyOf } from "../../plan/plan-changes.ts";
import type { Resource } from "../../plan/resource.ts";
import type { ReadLiveResult, Target } from "../../plan/target.ts";
import { resolveSecret } from "../resolve-secret.ts";
import { applyChanges } from "./apply-changes.ts";
import { canonicalGrafana } from "./canonical.ts";
import { createGrafanaClient, type GrafanaClient } from "./client.ts";
import { recordedBy } from "./common-objects.ts";
import { findManifest, otherManifests } from "./find-manifest.ts";
import { fitVersion } from "./fit-version.ts";
import { readSecrets } from "./known-secrets.ts";
import { leaveToFiles } from "./leave-to-files.ts";
import type { Manifest } from "./manifest.ts";
import { missingToken, toFailure } from "./read-failure.ts";
import { readSnapshot, type Snapshot } from "./snapshot.ts";
import { createStrain } from "./strain.ts";
import { toResources } from "./to-resources.ts";
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
      const writable = leaveToFiles(fitted.wanted, snapshot);
      wanted = writable.wanted;
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
            ...writable.warnings,
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
