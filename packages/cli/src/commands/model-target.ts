import type { ModelTarget, ModelUrls } from "../compile/model.ts";
import { type Context, serverUrl } from "../context.ts";
import type { Spec } from "../spec/schema/spec.ts";
import type { TargetSpec } from "../spec/schema/targets.ts";
import { LOCAL_TARGET } from "../spec/select-target.ts";
import { withStackPorts } from "../stack/stack-ports.ts";

export function toModelTarget(target: TargetSpec | undefined): ModelTarget {
  const grafana = target?.grafana;
  if (target === undefined || grafana === undefined) {
    return { kind: "stack", name: target?.name ?? LOCAL_TARGET, data: target?.stack?.data };
  }
  return {
    kind: "grafana",
    name: target.name,
    url: withoutSlash(grafana.url),
    token: grafana.token,
    orgId: grafana.org_id,
    folder: grafana.folder ?? "Sightline",
    datasources: {
      prometheus: grafana.datasources?.prometheus ?? "sightline-prometheus",
      loki: grafana.datasources?.loki ?? "sightline-loki",
      tempo: grafana.datasources?.tempo ?? "sightline-tempo",
    },
    isEditable: grafana.editable ?? false,
  };
}

export function toModelUrls(
  context: Context,
  spec: Spec,
  target: TargetSpec | undefined,
): ModelUrls {
  const { urls } = spec;
  const isStack = target?.grafana === undefined;
  return {
    grafana: withoutSlash(urls.grafana ?? withoutUser(target?.grafana?.url)),
    alertmanager: withoutSlash(
      urls.alertmanager ??
        (isStack ? serverUrl(withStackPorts(context), "alertmanager") : undefined),
    ),
    runbooks: withoutSlash(urls.runbooks),
  };
}

/** A name and password in the URL are for requests; the links of messages are for everybody. */
function withoutUser(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const parsed = new URL(url);
  if (parsed.username === "" && parsed.password === "") return url;
  parsed.username = "";
  parsed.password = "";
  return parsed.href;
}

function withoutSlash(url: string): string;
function withoutSlash(url: string | undefined): string | undefined;
function withoutSlash(url: string | undefined): string | undefined {
  return url?.replace(/\/+$/, "");
}
