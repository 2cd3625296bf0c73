import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer, badRequestData, Refusal, refuse } from "./answer.ts";
import { apisDashboardRoutes } from "./apis-dashboards.ts";
import { isObject, unspecified } from "./body.ts";
import { contactPointRoutes } from "./contact-points.ts";
import { dashboardRoutes } from "./dashboards.ts";
import { datasourceRoutes } from "./datasources.ts";
import { exportRoutes } from "./exports.ts";
import { answerFault, cut, type Fault, type PlannedFault, takeFault } from "./faults.ts";
import { folderRoutes } from "./folders.ts";
import { ALL_ACTIONS, identityRoutes, ROLES, type Role } from "./identity.ts";
import { notifierRoutes } from "./notifiers.ts";
import { policyRoutes } from "./policies.ts";
import { profileOf } from "./profiles.ts";
import { type Deliver, receiverTestRoutes } from "./receiver-tests.ts";
import { matchPath, type Route } from "./route.ts";
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

const TOKEN = "glsa_standin0000000000000000000000_00000000";

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
    if (fault?.kind === "slow") await fault.release;
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

interface Identity {
  readonly login: string;
  readonly isServiceAccount: boolean;
  readonly actions: readonly string[];
}

/** pkg/services/authn/clients: a token, or the administrator's password. Texts as seen on 11.0.0. */
function identify(request: IncomingMessage, actions: readonly string[]): Identity {
  const unauthorised = (message: string, messageId: string): Error =>
    refuse(401, message, { extra: null, messageId, statusCode: 401, traceID: "" });
  const header = request.headers.authorization;
  if (header === undefined) throw unauthorised("Unauthorized", "auth.unauthorized");
  if (header === `Bearer ${TOKEN}`)
    return { login: "sa-1-sightline", isServiceAccount: true, actions };
  if (header.startsWith("Bearer ")) throw unauthorised("Invalid API key", "api-key.invalid");
  if (header === `Basic ${Buffer.from("admin:admin").toString("base64")}`) {
    return { login: "admin", isServiceAccount: false, actions: ALL_ACTIONS };
  }
  throw unauthorised("Invalid username or password", "password-auth.failed");
}

async function dispatch(
  routes: readonly Route[],
  state: GrafanaState,
  who: Identity,
  {
    method,
    path,
    query,
    raw,
    request,
  }: {
    readonly method: string;
    readonly path: string;
    readonly query: URLSearchParams;
    readonly raw: string;
    readonly request: IncomingMessage;
  },
): Promise<Answer> {
  for (const route of routes) {
    const params = route.method === method ? matchPath(route.path, path) : undefined;
    if (!params) continue;
    if (route.when && !route.when(state.profile)) throw refuse(404, "Not found");
    const isAllowed =
      !route.actions || route.actions.some((action) => who.actions.includes(action));
    if (!isAllowed) throw denied(route.actions ?? []);
    for (const name of query.keys()) {
      if (!route.query?.includes(name))
        throw unspecified(`the parameter ${name} of ${method} ${route.path}`);
    }
    const answer = await route.handle({
      state,
      params,
      query,
      body: bodyOf(route, raw),
      // A header that is there disables it, whatever it says (determineProvenance).
      provenance: "x-disable-provenance" in request.headers ? "" : "api",
      can: (action) => who.actions.includes(action),
      login: who.login,
      isServiceAccount: who.isServiceAccount,
    });
    const isDeprecated =
      state.profile.warnsDeprecated && path.startsWith("/api/v1/provisioning/alert-rules");
    return isDeprecated
      ? { ...answer, headers: { warning: '299 - "deprecated"', ...answer.headers } }
      : answer;
  }
  throw unspecified(`${method} ${path}`);
}

/** pkg/services/accesscontrol/middleware.go, deny; seen on both. */
function denied(actions: readonly string[]): Error {
  const needed = actions.length === 1 ? actions[0] : `any of ${actions.join(", ")}`;
  return refuse(
    403,
    `You'll need additional permissions to perform this action. Permissions needed: ${needed}`,
    { accessErrorId: "ACE0000000000", title: "Access denied" },
  );
}

function bodyOf(route: Route, raw: string): unknown {
  if (route.method === "GET" || route.method === "DELETE") return undefined;
  const body = parsed(raw);
  if (body === undefined) throw badRequestData();
  if (route.fields && isObject(body)) {
    for (const name of Object.keys(body)) {
      if (!route.fields.includes(name))
        throw unspecified(`the field ${name} of ${route.method} ${route.path}`);
    }
  }
  return body;
}

function parsed(raw: string): unknown {
  try {
    return raw === "" ? undefined : JSON.parse(raw);
  } catch {
    return undefined;
  }
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
