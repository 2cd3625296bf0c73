import type { Resource } from "../../plan/resource.ts";
import type { GrafanaClient } from "./client.ts";
import type { Manifest } from "./manifest.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Strain } from "./strain.ts";

export interface ApplyInput {
  readonly client: GrafanaClient;
  readonly project: string;
  readonly wanted: readonly Resource[];
  readonly snapshot: Snapshot;
  readonly manifest: Manifest;
  readonly isEditable: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly strain: Strain;
  readonly signal: AbortSignal;
}
