import type { Profile } from "./profiles.ts";

export type Provenance = "" | "api" | "file" | "converted_prometheus";
export type JsonObject = Record<string, unknown>;

export interface StoredFolder {
  readonly id: number;
  readonly uid: string;
  title: string;
  parentUid: string | undefined;
  version: number;
  readonly created: string;
  updated: string;
}

export interface StoredDatasource {
  readonly id: number;
  readonly uid: string;
  fields: JsonObject;
  secrets: Set<string>;
  version: number;
  readOnly: boolean;
}

export interface StoredDashboard {
  readonly id: number;
  readonly uid: string;
  folderUid: string;
  json: JsonObject;
  version: number;
  /** Counts every write; `version` of the classic API and `generation` count changes of the dashboard. */
  resourceVersion: number;
  annotations: Record<string, string>;
  labels: Record<string, string>;
  isProvisioned: boolean;
  readonly created: string;
  updated: string;
}

/** State of a rule's alert, as the scheduler keeps it. */
export type RuleState = "inactive" | "pending" | "firing";

export interface StoredRule {
  readonly id: number;
  readonly uid: string;
  folderUID: string;
  ruleGroup: string;
  title: string;
  fields: JsonObject;
  intervalSeconds: number;
  index: number;
  provenance: Provenance;
  updated: string;
  state: RuleState;
  health: "ok" | "error" | "nodata" | "unknown";
  lastError: string | undefined;
}

export interface StoredIntegration {
  uid: string;
  name: string;
  type: string;
  settings: JsonObject;
  secrets: Map<string, string>;
  disableResolveMessage: boolean;
  provenance: Provenance;
}

export interface StoredTiming {
  name: string;
  intervals: readonly JsonObject[];
  provenance: Provenance;
}

export interface StoredTemplate {
  name: string;
  template: string;
  provenance: Provenance;
}

/** One row of the database, whatever it is of that changes: a write sees what it has read, or fails. */
export interface AlertmanagerConfig {
  revision: number;
  integrations: StoredIntegration[];
  timings: StoredTiming[];
  templates: StoredTemplate[];
  route: JsonObject;
  routeProvenance: Provenance;
}

export interface GrafanaState {
  readonly profile: Profile;
  readonly folders: Map<string, StoredFolder>;
  readonly datasources: Map<string, StoredDatasource>;
  readonly dashboards: Map<string, StoredDashboard>;
  readonly rules: Map<string, StoredRule>;
  readonly alertmanager: AlertmanagerConfig;
  /** Rules whose state was lost, in order: each write of a rule is one. */
  readonly stateResets: string[];
  nextId: () => number;
  now: () => string;
}

/** conf/defaults.ini, [unified_alerting] default configuration; seen on a fresh 10.4.3 and 11.0.0. */
export const DEFAULT_RECEIVER = "grafana-default-email";
export function defaultRoute(): JsonObject {
  return { receiver: DEFAULT_RECEIVER, group_by: ["grafana_folder", "alertname"] };
}

export function createState(profile: Profile): GrafanaState {
  let lastId = 0;
  return {
    profile,
    folders: new Map(),
    datasources: new Map(),
    dashboards: new Map(),
    rules: new Map(),
    stateResets: [],
    alertmanager: {
      revision: 1,
      integrations: [
        {
          uid: "",
          name: "email receiver",
          type: "email",
          settings: { addresses: "<example@email.com>" },
          secrets: new Map(),
          disableResolveMessage: false,
          provenance: "",
        },
      ],
      timings: [],
      templates: [],
      route: defaultRoute(),
      routeProvenance: "",
    },
    nextId: () => (lastId += 1),
    now: () => new Date().toISOString().replace(/\.\d+Z$/, "Z"),
  };
}
