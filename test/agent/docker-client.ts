import { Agent, request } from "node:http";

/** Containers of a test; a command line client would cost more than the container itself. */
export interface DockerClient {
  /** Creates and starts; the id. */
  run: (options: RunOptions) => Promise<string>;
  start: (id: string) => Promise<void>;
  stop: (id: string, seconds: number) => Promise<void>;
  /** By force, running or not; fine where it is gone already. */
  remove: (id: string) => Promise<void>;
  /** Until it has ended; its exit code. */
  wait: (id: string) => Promise<number>;
  inspect: (id: string) => Promise<InspectedContainer>;
  /** SIGKILL from the host, as the kernel or an operator of the VM sends it: Docker is not asked. */
  killProcess: (id: string) => Promise<void>;
  close: () => void;
}

export interface RunOptions {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly memoryBytes?: number;
  readonly restart?: "always" | "no";
  readonly logDriver?: string;
  readonly logOptions?: Readonly<Record<string, string>>;
  /** `<folder on the host>:<folder in the container>`. */
  readonly binds?: readonly string[];
  readonly hasTerminal?: boolean;
}

export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly OOMKilled: boolean;
    readonly ExitCode: number;
    readonly Pid: number;
    readonly StartedAt: string;
  };
}

/** `host`: `unix:///…`. */
export function createDockerClient(host: string): DockerClient {
  const socketPath = host.replace(/^unix:\/\//, "");
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });

  const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      const headers = {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
      };
      const sent = request({ socketPath, agent, method, path, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      });
      sent.on("error", reject);
      sent.end(text);
    });

  const expectStatus = async (
    fine: readonly number[],
    method: string,
    path: string,
    body?: unknown,
  ): Promise<string> => {
    const { status, text } = await call(method, path, body);
    if (!fine.includes(status)) throw new Error(`${method} ${path} answered ${status}: ${text}`);
    return text;
  };

  const inspect: DockerClient["inspect"] = async (id) =>
    JSON.parse(await expectStatus([200], "GET", `/containers/${id}/json`));
  const start: DockerClient["start"] = async (id) => {
    await expectStatus([204, 304], "POST", `/containers/${id}/start`);
  };

  return {
    run: async (options) => {
      const path = `/containers/create?name=${encodeURIComponent(options.name)}`;
      const made = JSON.parse(await expectStatus([201], "POST", path, toCreateBody(options)));
      await start(made.Id);
      return made.Id;
    },
    start,
    stop: async (id, seconds) => {
      await expectStatus([204, 304], "POST", `/containers/${id}/stop?t=${seconds}`);
    },
    remove: async (id) => {
      await expectStatus([204, 404, 409], "DELETE", `/containers/${id}?force=true&v=true`);
    },
    wait: async (id) =>
      JSON.parse(await expectStatus([200], "POST", `/containers/${id}/wait`)).StatusCode,
    inspect,
    killProcess: async (id) => {
      const { State } = await inspect(id);
      if (State.Pid > 0) process.kill(State.Pid, "SIGKILL");
    },
    close: () => agent.destroy(),
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function toCreateBody(options: RunOptions): unknown {
  return {
    Image: options.image,
    Cmd: options.command,
    Labels: options.labels ?? {},
    Tty: options.hasTerminal ?? false,
    HostConfig: {
      NetworkMode: "none",
      Memory: options.memoryBytes ?? 0,
      MemorySwap: options.memoryBytes ?? 0,
      Binds: options.binds ?? [],
      RestartPolicy: { Name: options.restart ?? "no" },
      LogConfig: { Type: options.logDriver ?? "json-file", Config: options.logOptions ?? {} },
    },
  };
}
