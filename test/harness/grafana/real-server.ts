import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "../free-port.ts";
import { until } from "../until.ts";

/** A Grafana of a test's own, from a folder with `bin/grafana`, `conf` and `public`. */
export interface RealServer {
  readonly url: string;
  /** Basic, of the administrator. */
  readonly authorization: string;
  readonly stop: () => Promise<void>;
}

/** Why there is none; undefined: GRAFANA_HOME names one. */
export function grafanaHome(): string | undefined {
  return process.env["GRAFANA_HOME"];
}

/** Starts it with these files (path below its provisioning folder → text); throws where it refuses them. */
export async function startRealServer(
  home: string,
  files: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv = {},
): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), "sightline-grafana-"));
  const provisioning = join(folder, "provisioning");
  for (const kind of ["alerting", "dashboards", "datasources", "plugins", "access-control"]) {
    mkdirSync(join(provisioning, kind), { recursive: true });
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(provisioning, path)), { recursive: true });
    // Files that name the usual place mean this one.
    writeFileSync(
      join(provisioning, path),
      text.replaceAll("/etc/grafana/provisioning", provisioning),
    );
  }
  const port = await freePort();
  const child = spawn(join(home, "bin/grafana"), ["server", "--homepath", home], {
    env: {
      PATH: process.env["PATH"],
      GF_PATHS_DATA: join(folder, "data"),
      GF_PATHS_LOGS: join(folder, "log"),
      GF_PATHS_PLUGINS: join(folder, "plugins"),
      GF_PATHS_PROVISIONING: provisioning,
      GF_SERVER_HTTP_PORT: String(port),
      GF_SERVER_HTTP_ADDR: "127.0.0.1",
      GF_ANALYTICS_REPORTING_ENABLED: "false",
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
      GF_LOG_LEVEL: "warn",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (output += String(chunk)));
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await until("Grafana", async () => {
      if (child.exitCode !== null) return "ended";
      return (await fetch(`${url}/api/health`)).ok && "up";
    });
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\n${output}`);
  }
  if (child.exitCode !== null) {
    await stop();
    throw new Error(`Grafana ended with ${child.exitCode}: ${output.slice(-4000)}`);
  }
  return { url, authorization: `Basic ${Buffer.from("admin:admin").toString("base64")}`, stop };
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
