import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));

export type AppOptions = {
  readonly endpoint: string;
  readonly dataDirectory: string;
  /** Arguments of node before the script. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type App = {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until the output holds this text, and gives all of it. Rejects if the app ends first. */
  prints(text: string): Promise<string>;
};

/** Starts a program, by its name in test/fixtures or its path, the way a user would, in a process of its own. */
export function runApp(script: string, options: AppOptions): App {
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), resolve(FIXTURES, script)], {
    cwd: FIXTURES,
    env: {
      PATH: process.env["PATH"],
      OTEL_SERVICE_NAME: "fixture",
      OTEL_EXPORTER_OTLP_ENDPOINT: options.endpoint,
      OTEL_TRACES_SAMPLER: "always_on",
      // What the programs print is for their tests.
      OTEL_NODE_DISABLED_INSTRUMENTATIONS: "console",
      SIGHTLINE_DATA: options.dataDirectory,
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const checks = new Set<() => void>();
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    for (const check of [...checks]) check();
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    ended,
    prints: (text) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!stdout.includes(text)) return;
          checks.delete(check);
          resolve(stdout);
        };
        checks.add(check);
        check();
        void ended.then((end) =>
          reject(new Error(`ended before "${text}": ${JSON.stringify(end)}`)),
        );
      }),
  };
}

export type DataDirectory = { readonly path: string; remove(): void };

export function makeDataDirectory(): DataDirectory {
  const path = mkdtempSync(join(tmpdir(), "sightline-node-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
