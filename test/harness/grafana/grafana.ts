import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer, Refusal } from "./answer.ts";
import { apisDashboardRoutes } from "./apis-dashboards.ts";
import { contactPointRoutes } from "./contact-points.ts";
import { dashboardRoutes } from "./dashboards.ts";
import { datasourceRoutes } from "./datasources.ts";
import { dispatch, identify, parsed, TOKEN } from "./dispatch.ts";
import { exportRoutes } from "./exports.ts";
import { answerFault, cut, type Fault, type PlannedFault, takeFault } from "./faults.ts";
import { folderRoutes } from "./folders.ts";
import { identityRoutes, ROLES, type Role } from "./identity.ts";
import { notifierRoutes } from "./notifiers.ts";
import { policyRoutes } from "./policies.ts";
import { profileOf } from "./profiles.ts";
import { type Deliver, receiverTestRoutes } from "./receiver-tests.ts";
import type { Route } from "./route.ts";
import { ruleGroupRoutes } from "./rule-groups.ts";
import { ruleStateRoutes } from "./rule-states.ts";
import { ruleRoutes } from "./rules.ts";
import { createState, type GrafanaState, type RuleState } from "./state.ts";
import { templateRoutes } from "./templates.ts";
import { timingRoutes } from "./timings.ts";

export interface GrafanaOptions {
  /** Default: 12.4.0. */
  readonly version?: string;
  /** What the token may: a role, or a list of actions. Default: Admin. */
  readonly role?: Role | readonly string[];
  /** How a test of a contact point ends. Default: well. */
  readonly deliver?: Deliver;
}

export interface RecordedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  readonly status: number;
}

/** A stand-in of Grafana on a free port of 127.0.0.1. Its token is a service account's. */
export interface Grafana {
  readonly url: string;
  readonly token: string;
  readonly version: string;
  /** Every request that came, in the order of their answers. */
  readonly requests: readonly RecordedRequest[];
  /** Those of them that change something: neither GET nor a test. */
  readonly writes: () => readonly RecordedRequest[];
  readonly clearRequests: () => void;
  readonly state: GrafanaState;
  /** The next `times` requests (1) that fit go wrong. */
  readonly fail: (
    fault: Fault,
    where?: { readonly method?: string; readonly path?: RegExp; readonly times?: number },
  ) => void;
  readonly setRuleState: (uid: string, state: RuleState) => void;
  readonly setRuleHealth: (uid: string, health: "ok" | "error", lastError?: string) => void;
  readonly ruleState: (uid: string) => RuleState | undefined;
  /** Requests that the stand-in has no behaviour for. A test that ends with one has proved nothing. */
  readonly unspecified: readonly string[];
  /** Throws where a request was answered with "never specified". */
  readonly close: () => Promise<void>;
}

export async function startGrafana(options: GrafanaOptions = {}): Promise<Grafana> {
  const state = createState(profileOf(options.version ?? "12.4.0"));
  const routes = [...ROUTES, ...receiverTestRoutes(options.deliver ?? (async () => undefined))];
  const requests: RecordedRequest[] = [];
  const planned: PlannedFault[] = [];
  const unknown: string[] = [];
  const actions = roleActions(options.role);

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      unknown.push(`${request.method} ${request.url}: ${String(error)}`);
      if (!response.headersSent) response.writeHead(501);
      response.end(String(error));
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readBody(request);
    const [path = "", query = ""] = (request.url ?? "").split("?");
    const method = request.method ?? "GET";
    const fault = takeFault(planned, method, path);
    const record = (status: number): void => {
      requests.push({ method, path, query, headers: request.headers, body: parsed(raw), status });
    };
    if (fault && answerFault(fault, response)) {
      record(response.headersSent ? response.statusCode : 0);
      return;
    }
    if (fault?.kind === "slow") {
      fault.onArrival?.();
      await fault.release;
    }
    const answer = await respond(method, path, query, raw, request);
    record(answer.status);
    if (answer.status === 501)
      unknown.push(`${method} ${path}?${query}: ${JSON.stringify(answer.body)}`);
    if (fault?.kind === "cut") cut(response);
    else send(response, answer, path);
  }

  async function respond(
    method: string,
    path: string,
    query: string,
    raw: string,
    request: IncomingMessage,
  ): Promise<Answer> {
    try {
      if (method === "GET" && path === "/api/health") {
        return {
          status: 200,
          body: { commit: "NA", database: "ok", version: state.profile.version },
        };
      }
      const who = identify(request, actions);
      return await dispatch(routes, state, who, {
        method,
        path,
        query: new URLSearchParams(query),
        raw,
        request,
      });
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  }

  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1" }, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token: TOKEN,
    version: state.profile.version,
    requests,
    writes: () =>
      requests.filter(({ method, path }) => method !== "GET" && !path.endsWith("/test")),
    clearRequests: () => requests.splice(0),
    state,
    fail: (fault, where = {}) => {
      planned.push({
        fault,
        method: where.method,
        path: where.path ?? /./,
        left: where.times ?? 1,
      });
    },
    setRuleState: (uid, ruleState) => Object.assign(findRule(state, uid), { state: ruleState }),
    setRuleHealth: (uid, health, lastError) =>
      Object.assign(findRule(state, uid), { health, lastError }),
    ruleState: (uid) => state.rules.get(uid)?.state,
    unspecified: unknown,
    close: async () => {
      await stop(server);
      if (unknown.length > 0) throw new Error(`never specified: ${unknown.join("; ")}`);
    },
  };
}

const ROUTES: readonly Route[] = [
  ...identityRoutes,
  ...folderRoutes,
  ...datasourceRoutes,
  ...dashboardRoutes,
  ...apisDashboardRoutes,
  // Before the rules: `export` is no uid.
  ...exportRoutes,
  ...ruleRoutes,
  ...ruleGroupRoutes,
  ...contactPointRoutes,
  ...policyRoutes,
  ...timingRoutes,
  ...templateRoutes,
  ...ruleStateRoutes,
  ...notifierRoutes,
];

function roleActions(role: GrafanaOptions["role"] = "Admin"): readonly string[] {
  return typeof role === "string" ? ROLES[role] : role;
}

function send(response: ServerResponse, { status, body, headers }: Answer, path: string): void {
  const type = body === undefined ? {} : { "content-type": "application/json" };
  response.writeHead(status, { ...type, "cache-control": "no-store", ...headers });
  response.end(
    body === undefined || status === 204
      ? undefined
      : `${JSON.stringify(body)}${path === "/api/health" ? "\n" : ""}`,
  );
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function findRule(state: GrafanaState, uid: string): object {
  const rule = state.rules.get(uid);
  if (!rule) throw new Error(`there is no rule ${uid}`);
  return rule;
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
