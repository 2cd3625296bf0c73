import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { AlertmanagerConfig } from "../../packages/cli/src/emit/contacts/alertmanager-config.ts";
import { toAlertmanagerYaml } from "../../packages/cli/src/emit/contacts/config-yaml.ts";
import { freePortEnvironment } from "./free-ports.ts";
import { until } from "./until.ts";

const FOLDER = join(homedir(), ".cache/sightline/alertmanager/0.31.1");
const run = promisify(execFile);

/** A folder with what was emitted; the secrets are those of `values`, by their references' names. */
export interface ConfigFolder {
  readonly path: string;
  readonly configFile: string;
  readonly secrets: string;
  readonly templates: string;
  write(config: AlertmanagerConfig, values?: Readonly<Record<string, string>>): void;
  remove(): void;
}

export function makeConfigFolder(): ConfigFolder {
  const path = mkdtempSync(join(tmpdir(), "sightline-alertmanager-"));
  const [secrets, templates] = [join(path, "secrets"), join(path, "templates")];
  mkdirSync(secrets);
  mkdirSync(templates);
  const configFile = join(path, "alertmanager.yml");
  return {
    path,
    configFile,
    secrets,
    templates,
    write: (emitted, values = {}) => {
      writeFileSync(configFile, toAlertmanagerYaml(emitted.config, " test"));
      for (const file of emitted.templates) writeFileSync(join(templates, file.path), file.text);
      for (const { name, reference } of emitted.secrets) {
        writeFileSync(join(secrets, name), values[reference.name] ?? "https://example.invalid/x");
      }
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Output and exit code of Alertmanager's own tool. */
export async function amtool(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly output: string }> {
  try {
    const { stdout, stderr } = await run(join(FOLDER, "amtool"), [...args], {
      maxBuffer: 32 * 1024 * 1024,
    });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

export interface RunningAlertmanager {
  readonly url: string;
  /** Lines that it logged since the call. */
  listen(): () => Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Runs as `up` runs it. */
export async function startAlertmanager(folder: ConfigFolder): Promise<RunningAlertmanager> {
  const port = (await freePortEnvironment())["SIGHTLINE_PORT_ALERTMANAGER"];
  const url = `http://127.0.0.1:${port}`;
  let log = "";
  const child: ChildProcess = spawn(
    join(FOLDER, "alertmanager"),
    [
      `--config.file=${folder.configFile}`,
      `--storage.path=${join(folder.path, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
      "--enable-feature=receiver-name-in-metrics",
      "--log.level=warn",
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      log += chunk;
    });
  }
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await ended;
  };
  try {
    await until(`Alertmanager at ${url}`, async () => {
      if (child.exitCode !== null) throw new Error(log);
      return (await fetch(`${url}/-/ready`)).ok;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    listen: () => {
      const from = log.length;
      return async () => log.slice(from).split("\n");
    },
    stop,
  };
}

export function readConfig(folder: ConfigFolder): string {
  return readFileSync(folder.configFile, "utf8");
}
