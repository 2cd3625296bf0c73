import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DATA_FOLDER,
  ENV,
  GATEWAY_PATH,
  type GatewayApp,
  type GatewayConfig,
} from "@sightline/core";
import { type Child, createChild } from "../agent/child.ts";
import { freePort } from "./free-port.ts";
import { repositoryRoot } from "./stack.ts";
import { until } from "./until.ts";

const MAIN = join(repositoryRoot, "packages/gateway/dist/main.js");

/** Hashes of users are the same in every run. */
export const USER_SECRET = "the same users in every run";

export type GatewaySections = Partial<Omit<GatewayConfig, "apps">> & {
  readonly apps: readonly (Partial<GatewayApp> & Pick<GatewayApp, "serviceName" | "keys">)[];
};

/** The gateway as it runs on a VM: a process that knows its configuration file and nothing else. */
export interface TestGateway extends Child {
  readonly url: string;
  /** Its `SIGHTLINE_DATA`. */
  readonly data: string;
  /** `<mapsFolder>/<service>/<debugId>.map`. */
  readonly mapsFolder: string;
  /** Starts it and resolves once its health answers. */
  up: () => Promise<void>;
  /** Replaces `gateway.json` in one step; the running process reads it again by itself. */
  configure: (change: (before: GatewaySections) => GatewaySections) => void;
  /** Ends it and removes its data. */
  dispose: () => Promise<void>;
}

/** A gateway before the collector of a stack, on a port and with data of its own. */
export async function createTestGateway(
  otlpUrl: string,
  apps: GatewaySections["apps"],
): Promise<TestGateway> {
  const data = mkdtempSync(join(tmpdir(), "sightline-gateway-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const mapsFolder = join(data, DATA_FOLDER.maps);
  mkdirSync(mapsFolder, { recursive: true });
  const file = join(data, "gateway.json");
  const configure: TestGateway["configure"] = (change) => {
    const before = existsSync(file)
      ? (JSON.parse(readFileSync(file, "utf8")) as GatewaySections)
      : undefined;
    const draft = `${file}.draft`;
    writeFileSync(draft, JSON.stringify(change(before ?? { apps: [] }), null, 2));
    renameSync(draft, file);
  };
  configure(() => ({ version: 1, environment: "test", hostName: "test-vm", port, otlpUrl, apps }));

  const child = createChild({
    command: process.execPath,
    args: [MAIN],
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: data,
      [ENV.data]: data,
      [ENV.gatewayConfig]: file,
      [ENV.userSecret]: USER_SECRET,
    },
    cwd: data,
    logFile: join(data, "gateway.log"),
  });
  return {
    ...child,
    url,
    data,
    mapsFolder,
    configure,
    up: async () => {
      child.start();
      await until("the gateway to answer", async () => {
        const end = child.unexpectedEnd();
        if (end !== undefined) throw new Error(`the gateway ${end}: ${child.log().slice(-2_000)}`);
        const answer = await fetch(`${url}${GATEWAY_PATH.health}`);
        await answer.arrayBuffer();
        return answer.ok;
      });
    },
    dispose: async () => {
      await child.end("SIGTERM");
      rmSync(data, { recursive: true, force: true });
    },
  };
}
