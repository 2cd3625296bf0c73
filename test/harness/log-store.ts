import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtTool } from "./built-tool.ts";
import { freePort } from "./free-port.ts";
import { repositoryRoot } from "./stack.ts";
import { until } from "./until.ts";

export interface StoredLine {
  readonly timeMillis: number;
  readonly line: string;
  /** Stream labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Structured metadata. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface LogStore {
  readonly url: string;
  readonly port: number;
  /** Resolves when Loki has them. */
  push: (lines: readonly StoredLine[]) => Promise<void>;
  stop: () => Promise<void>;
}

/** A Loki alone, with the configuration that users have. */
export async function startLogStore(): Promise<LogStore> {
  const folder = mkdtempSync(join(tmpdir(), "sightline-logs-"));
  const port = await freePort();
  const child = spawn(
    builtTool("loki", "grafana/loki", "loki"),
    [
      `-config.file=${join(repositoryRoot, "provisioning/loki/config.yaml")}`,
      "-config.expand-env=true",
    ],
    {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        PATH: process.env["PATH"] ?? "",
        SIGHTLINE_LISTEN_HOST: "127.0.0.1",
        SIGHTLINE_PORT_LOKI: String(port),
        SIGHTLINE_PORT_LOKI_GRPC: String(await freePort()),
        SIGHTLINE_STORE_DIR: join(folder, "store"),
        SIGHTLINE_LOKI_RULES_DIR: join(folder, "rules"),
      },
    },
  );
  const url = `http://127.0.0.1:${port}`;
  await until("Loki", async () => (await fetch(`${url}/ready`)).ok);
  return {
    url,
    port,
    push: (lines) => push(url, lines),
    stop: async () => {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs */
async function push(url: string, lines: readonly StoredLine[]): Promise<void> {
  const streams = lines.map(({ timeMillis, line, labels, metadata }) => ({
    stream: labels,
    values: [[`${timeMillis}000000`, line, metadata]],
  }));
  const answer = await fetch(`${url}/loki/api/v1/push`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ streams }),
  });
  if (answer.status !== 204) throw new Error(`Loki: ${answer.status} ${await answer.text()}`);
}
