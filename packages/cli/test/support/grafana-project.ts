import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Grafana } from "../../../../test/harness/grafana/grafana.ts";
import type { Io } from "../../src/io.ts";
import { run } from "../../src/run.ts";
import { recordIo } from "./io.ts";

export const CANARY = "https://hooks.slack.com/services/T000/B000/CANARYcanaryCANARY";

export interface RunResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface GrafanaProject {
  readonly file: string;
  readonly folder: string;
  readonly write: (parts: SpecParts) => void;
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<RunResult>;
  readonly remove: () => void;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly io?: Partial<Io>;
}

export interface SpecParts {
  /** `when` of the alert "Payments fail". */
  readonly when?: string;
  /** More of the file, as YAML. */
  readonly more?: string;
  readonly alerts?: string;
  readonly contacts?: string;
  readonly project?: string;
  readonly isEditable?: boolean;
}

/** A small specification in a folder of its own, for a Grafana; the default pack is off. */
export function createGrafanaProject(
  grafana: Pick<Grafana, "url" | "token">,
  parts: SpecParts = {},
): GrafanaProject {
  const folder = mkdtempSync(join(tmpdir(), "sightline-grafana-"));
  const file = join(folder, "sightline.yaml");
  const write = (changed: SpecParts): void => {
    writeFileSync(file, specText(grafana.url, changed));
  };
  write(parts);
  return {
    file,
    folder,
    write,
    run: async (args, { env, io } = {}) => {
      const recorded = recordIo(
        { GRAFANA_TOKEN: grafana.token, SLACK_WEBHOOK_URL: CANARY, ...env },
        io,
      );
      const [command = "", ...rest] = args;
      const code = await run([command, "--file", file, ...rest], recorded);
      return { code, out: recorded.stdout(), err: recorded.stderr() };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const CONTACTS = `
  - {name: ops, email: ops@example.org}
  - {name: chat, slack: "\${env:SLACK_WEBHOOK_URL}"}`;

function specText(url: string, parts: SpecParts): string {
  const { when = "more than 5 in 10m", more = "", project = "demo", isEditable = false } = parts;
  const alerts =
    parts.alerts ??
    `  - name: Payments fail
    log: {service: api, contains: "payment failed"}
    when: ${when}
    tell: ops
  - name: Slow answers
    metric: {service: api, signal: p95}
    when: above 1s for 5m
    tell: chat`;
  return `project: ${project}
default_alerts: {enabled: false}
contacts: ${parts.contacts ?? CONTACTS}
alerts:
${alerts}
${more}
targets:
  - name: prod
    grafana: {url: "${url}", token: "\${env:GRAFANA_TOKEN}", editable: ${isEditable}}
`;
}
