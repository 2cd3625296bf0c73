import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { Refusal } from "./answer.ts";
import { isObject } from "./body.ts";
import { contactPointRoutes } from "./contact-points.ts";
import { parseGoDuration } from "./go-duration.ts";
import { policyRoutes } from "./policies.ts";
import type { Method } from "./route.ts";
import { matchPath } from "./route.ts";
import { ruleGroupRoutes } from "./rule-groups.ts";
import { ruleRoutes } from "./rules.ts";
import type { GrafanaState, JsonObject } from "./state.ts";
import { templateRoutes } from "./templates.ts";
import { timingRoutes } from "./timings.ts";

type Env = Readonly<Record<string, string>>;

/**
 * Alerting files, as Grafana loads them at its start: in its order (pkg/services/provisioning/alerting/
 * provisioner.go of 11.0), each field expanded or not as there (*_types.go). Throws where Grafana would
 * not start.
 */
export async function loadAlertingFiles(
  state: GrafanaState,
  texts: readonly string[],
  env: Env,
): Promise<void> {
  const files = texts.map((text) => parse(text) as JsonObject);
  const each = (key: string): JsonObject[] =>
    files.flatMap((file) => (file[key] as JsonObject[] | undefined) ?? []);
  const write = writer(state);
  const provisioning = "/api/v1/provisioning";
  for (const point of each("contactPoints")) {
    for (const receiver of point["receivers"] as JsonObject[]) {
      const body = {
        ...(expandAll(receiver, env) as JsonObject),
        name: expandText(String(point["name"]), env).trim(),
      };
      const uid = (body as JsonObject)["uid"];
      const isThere = state.alertmanager.integrations.some((stored) => stored.uid === uid);
      const path = `${provisioning}/contact-points${isThere ? `/${String(uid)}` : ""}`;
      await write(isThere ? "PUT" : "POST", path, body);
    }
  }
  for (const { orgId: _, ...timing } of each("muteTimes")) {
    const isThere = state.alertmanager.timings.some(({ name }) => name === timing["name"]);
    const path = `${provisioning}/mute-timings${isThere ? `/${encodeURIComponent(String(timing["name"]))}` : ""}`;
    await write(isThere ? "PUT" : "POST", path, timing);
  }
  for (const { name, template } of each("templates")) {
    await write("PUT", `${provisioning}/templates/${encodeURIComponent(String(name))}`, {
      template,
    });
  }
  for (const { orgId: _, ...policy } of each("policies")) {
    await write("PUT", `${provisioning}/policies`, expandAll(policy, env));
  }
  for (const { name } of each("deleteMuteTimes")) {
    await write(
      "DELETE",
      `${provisioning}/mute-timings/${encodeURIComponent(expandText(String(name), env))}`,
    );
  }
  for (const { name } of each("deleteTemplates")) {
    await write(
      "DELETE",
      `${provisioning}/templates/${encodeURIComponent(expandText(String(name), env))}`,
    );
  }
  for (const group of each("groups")) await loadGroup(state, write, group, env);
  for (const { uid } of each("deleteRules")) {
    await write("DELETE", `${provisioning}/alert-rules/${String(uid)}`);
  }
  for (const { uid } of each("deleteContactPoints")) {
    await write("DELETE", `${provisioning}/contact-points/${String(uid)}`);
  }
}

type Write = (method: Method, path: string, body?: unknown) => Promise<void>;

/** By the API's own handlers, with the provenance of files. */
function writer(state: GrafanaState): Write {
  const routes = [
    ...ruleRoutes,
    ...ruleGroupRoutes,
    ...contactPointRoutes,
    ...policyRoutes,
    ...timingRoutes,
    ...templateRoutes,
  ];
  return async (method, path, body) => {
    for (const route of routes) {
      const params = route.method === method ? matchPath(route.path, path) : undefined;
      if (!params) continue;
      try {
        await route.handle({
          state,
          params,
          query: new URLSearchParams(),
          body,
          provenance: "file",
          can: () => true,
          login: "alert_provisioner",
          isServiceAccount: false,
        });
      } catch (error) {
        if (error instanceof Refusal) {
          throw new Error(
            `Grafana does not start: ${method} ${path}: ${JSON.stringify(error.answer)}`,
          );
        }
        throw error;
      }
      return;
    }
    throw new Error(`no route for ${method} ${path}`);
  };
}

async function loadGroup(
  state: GrafanaState,
  write: Write,
  group: JsonObject,
  env: Env,
): Promise<void> {
  const folderUID = folderOf(state, expandText(String(group["folder"]), env));
  const ruleGroup = expandText(String(group["name"]), env);
  for (const rule of group["rules"] as JsonObject[]) {
    const body = ruleBody(state, rule, env);
    const uid = String(body["uid"]);
    const isThere = state.rules.has(uid);
    await write(
      isThere ? "PUT" : "POST",
      `/api/v1/provisioning/alert-rules${isThere ? `/${uid}` : ""}`,
      {
        ...body,
        folderUID,
        ruleGroup,
      },
    );
  }
  const millis = parseGoDuration(expandText(String(group["interval"]), env)) ?? Number.NaN;
  const path = `/api/v1/provisioning/folder/${folderUID}/rule-groups/${encodeURIComponent(ruleGroup)}`;
  await write("PUT", path, { interval: millis / 1000 });
}

/** rules_types.go, AlertRuleV1.mapToModel: annotations and models are taken raw. */
function ruleBody(state: GrafanaState, rule: JsonObject, env: Env): JsonObject {
  const {
    annotations,
    data,
    keepFiringFor,
    missing_series_evals_to_resolve: missing,
    ...rest
  } = rule;
  const { record, ...fields } = expandAll(rest, env) as JsonObject;
  const hasNewFields = state.profile.hasKeepFiring;
  return {
    ...fields,
    noDataState: fields["noDataState"] ?? "NoData",
    execErrState: fields["execErrState"] ?? "Alerting",
    annotations,
    data: (data as JsonObject[]).map(({ model, ...step }) => ({
      ...(expandAll(step, env) as JsonObject),
      model,
    })),
    // Dropped without a word before 12.2 (#109699).
    ...(hasNewFields && keepFiringFor !== undefined && { keep_firing_for: keepFiringFor }),
    ...(hasNewFields && missing !== undefined && { missingSeriesEvalsToResolve: missing }),
    ...(isObject(record) && {
      record: {
        metric: record["metric"],
        from: record["from"],
        target_datasource_uid: record["targetDatasourceUid"],
      },
    }),
  };
}

/** By its title; with a uid that nobody chose where there is none. */
function folderOf(state: GrafanaState, title: string): string {
  const found = [...state.folders.values()].find((folder) => folder.title === title);
  if (found) return found.uid;
  const uid = `file${state.nextId()}`;
  const now = state.now();
  state.folders.set(uid, {
    id: state.nextId(),
    uid,
    title,
    parentUid: undefined,
    version: 1,
    created: now,
    updated: now,
  });
  return uid;
}

function expandAll(value: unknown, env: Env): unknown {
  if (typeof value === "string") return expandAny(value, env);
  if (Array.isArray(value)) return value.map((part) => expandAll(part, env));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, expandAll(part, env)]),
  );
}

/** values.go, interpolateIfaceValue: what came from the environment and looks like a number or a truth becomes one. */
function expandAny(text: string, env: Env): unknown {
  const expanded = expandText(text, env);
  if (text.includes("$$") || expanded === text) return expanded;
  if (/^[-+]?\d+(\.\d+)?$/.test(expanded)) return Number(expanded);
  return expanded === "true" || expanded === "false" ? expanded === "true" : expanded;
}

/** values.go, interpolateValue: cut at `$$`, each piece by ini expanders, then by os.ExpandEnv. */
export function expandText(text: string, env: Env): string {
  return text
    .split("$$")
    .map((piece) => expandEnv(expandVariables(piece, env), env))
    .join("$");
}

function expandVariables(text: string, env: Env): string {
  return text.replaceAll(/\$(|__\w+)\{([^}]+)\}/g, (all, kind: string, name: string) => {
    if (kind === "" || kind === "__env") return env[name] ?? "";
    return kind === "__file" ? readFileSync(name, "utf8").trim() : all;
  });
}

/** os.ExpandEnv: `$x` and `${x}`; one special character is a name too, and a `$` of nothing stays. */
function expandEnv(text: string, env: Env): string {
  return text.replaceAll(
    /\$(?:\{([^}]*)\}|([A-Za-z_]\w*|[*#$@!?\-0-9]))/g,
    (_, braced: string | undefined, plain: string | undefined) => env[braced ?? plain ?? ""] ?? "",
  );
}
