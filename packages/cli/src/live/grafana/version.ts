import { EXIT } from "@sightline/core";

export interface GrafanaVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

export type VersionResult =
  | { readonly status: "ok"; readonly version: GrafanaVersion; readonly warning?: string }
  | { readonly status: "unsupported"; readonly exitCode: number; readonly message: string };

/** Served since 12.0; before that a dashboard's body is read one at a time. */
const FIRST_WITH_DASHBOARD_LISTS = 12;

export function parseVersion(text: string): GrafanaVersion | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(text) ?? [];
  return major === undefined ? undefined : { text, major: Number(major), minor: Number(minor) };
}

export function checkVersion(text: string): VersionResult {
  const version = parseVersion(text);
  const expected = "expected Grafana 11, 12 or 13";
  if (version === undefined || version.major < 10 || (version.major === 10 && version.minor < 4)) {
    const found = version ? `this is Grafana ${text}` : `"${text}" is no version`;
    const message = `${found}; ${expected}`;
    return { status: "unsupported", exitCode: EXIT.unsupportedVersion, message };
  }
  if (version.major >= 11 && version.major <= 13) return { status: "ok", version };
  const warning = `Grafana ${text} is for trials only; ${expected}`;
  return { status: "ok", version, warning };
}

/** Version of /apis/dashboard.grafana.app that holds classic JSON; undefined before 12.0, which has none. */
export function dashboardApiVersion({ major }: GrafanaVersion): string | undefined {
  if (major < FIRST_WITH_DASHBOARD_LISTS) return undefined;
  return major >= 13 ? "v1" : "v1beta1";
}
