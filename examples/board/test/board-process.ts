import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const PAGE_BUILD = join(import.meta.dirname, "..", "build-page.mjs");
const ENTRY = join(import.meta.dirname, "..", "dist", "main.js");

type LogLine = Readonly<Record<string, unknown>> & {
  readonly level: string;
  readonly message: string;
};

export interface RunningBoard {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything on stdout so far. Every line has to be JSON: one that is not fails the test. */
  readonly lines: readonly LogLine[];
  readonly stderr: () => string;
  /** Resolves with the first line, past or to come, that fits. */
  waitForLine(fits: (line: LogLine) => boolean): Promise<LogLine>;
  /** Resolves when the process has ended and its output is read to the end. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  stop(): Promise<void>;
}

/** The page's scripts, bundled and minified; done before, it takes no time. */
export async function buildPage(): Promise<void> {
  await promisify(execFile)(process.execPath, [PAGE_BUILD]);
}

/** Starts the built application as its users do, on a free port with a database of its own. */
export async function startBoard(
  env: NodeJS.ProcessEnv = {},
  nodeOptions: readonly string[] = [],
): Promise<RunningBoard> {
  const board = await spawnBoard(env, nodeOptions);
  const listening = board.waitForLine((line) => line.message === "board is listening");
  const line = await Promise.race([
    listening,
    board.ended.then(({ code }) => {
      throw new Error(`the board ended with ${code}: ${JSON.stringify(board.lines)}`);
    }),
  ]);
  return { ...board, url: `http://127.0.0.1:${line["port"]}` };
}

export async function spawnBoard(
  env: NodeJS.ProcessEnv,
  nodeOptions: readonly string[] = [],
): Promise<Omit<RunningBoard, "url">> {
  if (!existsSync(ENTRY)) throw new Error("dist is missing: run npx tsc -b examples/board first");
  const folder = await mkdtemp(join(tmpdir(), "board-test-"));
  const child = spawn(process.execPath, [...nodeOptions, ENTRY], {
    cwd: join(import.meta.dirname, ".."),
    env: {
      PATH: process.env["PATH"],
      SIGHTLINE_PORT_BOARD: "0",
      BOARD_DATA: join(folder, "board.db"),
      SIGHTLINE_DATA: join(folder, "sightline"),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: LogLine[] = [];
  const waiting = new Set<(line: LogLine) => void>();
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = JSON.parse(text) as LogLine;
    lines.push(line);
    for (const look of waiting) look(line);
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(async ([code, signal]) => {
    await rm(folder, { recursive: true });
    return { code: code as number | null, signal: signal as string | null };
  });
  return {
    child,
    lines,
    stderr: () => stderr,
    ended,
    waitForLine: (fits) => {
      const known = lines.find(fits);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => {
        const look = (line: LogLine) => {
          if (!fits(line)) return;
          waiting.delete(look);
          resolve(line);
        };
        waiting.add(look);
      });
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  readonly body: any;
}

export async function get(board: RunningBoard, path: string): Promise<Answer> {
  return toAnswer(await fetch(`${board.url}${path}`));
}

export async function post(
  board: RunningBoard,
  path: string,
  body: unknown = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return toAnswer(
    await fetch(`${board.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: text,
    }),
  );
}

async function toAnswer(response: Response): Promise<Answer> {
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? await response.json() : await response.text(),
  };
}
