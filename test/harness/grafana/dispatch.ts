import type { IncomingMessage } from "node:http";
import { type Answer, badRequestData, refuse } from "./answer.ts";
import { isObject, unspecified } from "./body.ts";
import { ALL_ACTIONS } from "./identity.ts";
import { matchPath, type Route } from "./route.ts";
import type { GrafanaState } from "./state.ts";

/** Of the service account that a test is given. */
export const TOKEN = "glsa_standin0000000000000000000000_00000000";

export interface Identity {
  readonly login: string;
  readonly isServiceAccount: boolean;
  readonly actions: readonly string[];
}

/** pkg/services/authn/clients: a token, or the administrator's password. Texts as seen on 11.0.0. */
export function identify(request: IncomingMessage, actions: readonly string[]): Identity {
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

export async function dispatch(
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

export function parsed(raw: string): unknown {
  try {
    return raw === "" ? undefined : JSON.parse(raw);
  } catch {
    return undefined;
  }
}
