import { until } from "../until.ts";
import { startGrafana } from "./grafana.ts";
import { type Profile, profileOf } from "./profiles.ts";

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared by what tests expect of them
  readonly body: any;
  readonly headers: Headers;
}

/** A Grafana, ours or a real one, with what a case of the conformance suite needs of it. */
export interface ReachedGrafana {
  readonly name: string;
  readonly isReal: boolean;
  readonly profile: Profile;
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Reply>;
  /** Waits until the rule's alert fires; the stand-in evaluates nothing and is told. */
  readonly makeFire: (uid: string) => Promise<void>;
  readonly stateOf: (uid: string, title: string) => Promise<string | undefined>;
  readonly close: () => Promise<void>;
}

/** Why no real Grafana is asked; undefined: GRAFANA_URL names one. */
export function realGrafana(): string | undefined {
  return process.env["GRAFANA_URL"];
}

export async function reachStandIn(version: string): Promise<ReachedGrafana> {
  const grafana = await startGrafana({
    version,
    deliver: async () => "connection refused",
  });
  const call = caller(grafana.url, `Bearer ${grafana.token}`);
  return {
    name: `stand-in ${version}`,
    isReal: false,
    profile: grafana.state.profile,
    call,
    makeFire: async (uid) => grafana.setRuleState(uid, "firing"),
    stateOf: (uid, title) => readState(call, uid, title),
    close: grafana.close,
  };
}

/**
 * GRAFANA_URL, with GRAFANA_TOKEN or GRAFANA_USER and GRAFANA_PASSWORD (admin, admin). A build that
 * does not know its version is told it by GRAFANA_VERSION.
 */
export async function reachReal(): Promise<ReachedGrafana> {
  const { env } = process;
  const url = (env["GRAFANA_URL"] ?? "").replace(/\/$/, "");
  const token = env["GRAFANA_TOKEN"];
  const password = `${env["GRAFANA_USER"] ?? "admin"}:${env["GRAFANA_PASSWORD"] ?? "admin"}`;
  const call = caller(
    url,
    token ? `Bearer ${token}` : `Basic ${Buffer.from(password).toString("base64")}`,
  );
  const health = await call("GET", "/api/health");
  const version = env["GRAFANA_VERSION"] ?? String(health.body.version);
  return {
    name: `Grafana ${version}`,
    isReal: true,
    profile: profileOf(version),
    call,
    makeFire: async (uid) => {
      await until(`rule ${uid} to fire`, async () => (await readState(call, uid, "")) === "firing");
    },
    stateOf: (uid, title) => readState(call, uid, title),
    close: async () => undefined,
  };
}

function caller(url: string, authorization: string): ReachedGrafana["call"] {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: parse(text), headers: response.headers };
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** By title where a version does not tell the uid: titles of a case are its own. */
async function readState(
  call: ReachedGrafana["call"],
  uid: string,
  title: string,
): Promise<string | undefined> {
  const { body } = await call("GET", "/api/prometheus/grafana/api/v1/rules");
  for (const group of body.data.groups) {
    for (const rule of group.rules) {
      if (rule.uid === uid || rule.name === (title || uid)) return rule.state;
    }
  }
  return undefined;
}
