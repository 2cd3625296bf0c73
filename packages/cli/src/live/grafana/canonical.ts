import type { Json, Resource, ResourceKind } from "../../plan/resource.ts";
import { canonicalDashboard } from "./canonical-dashboard.ts";
import {
  type Body,
  emptyGone,
  list,
  mapValues,
  object,
  omit,
  textOf,
  without,
} from "./canonical-json.ts";
import { canonicalPolicy } from "./canonical-policy.ts";
import { canonicalRecord, canonicalRule } from "./canonical-rule.ts";

type Normalise = (body: Body) => Body;

/**
 * The form in which wanted and live objects are compared: what the server adds, orders or spells
 * differently does not count. Each line with its reason; sources are Grafana's own models
 * (pkg/services/ngalert) and what Terraform's provider and the operator had to learn.
 */
const NORMALISE: { readonly [kind in ResourceKind]?: Normalise } = {
  rule: canonicalRule,
  record: canonicalRecord,
  "contact-point": canonicalContactPoint,
  policy: canonicalPolicy,
  "mute-timing": canonicalTiming,
  template: ({ template }) => ({ template: textOf(template).replaceAll("\r\n", "\n").trimEnd() }),
  folder: ({ title, parentUid }) => without({ title: title ?? "", parentUid: parentUid || null }),
  datasource: canonicalDatasource,
  dashboard: canonicalDashboard,
};

export function canonicalGrafana(resource: Resource): Resource {
  const normalise = NORMALISE[resource.kind];
  return normalise ? { ...resource, body: normalise(resource.body) } : resource;
}

/** Settings that the server keeps as text, whatever was sent. */
function canonicalContactPoint(body: Body): Body {
  const settings = mapValues(object(body["settings"]), (value) =>
    typeof value === "number" || typeof value === "boolean" ? String(value) : value,
  );
  return without({
    name: body["name"] ?? "",
    type: body["type"] ?? "",
    settings: emptyGone(settings),
    disableResolveMessage: body["disableResolveMessage"] || null,
  });
}

function canonicalTiming(body: Body): Body {
  return {
    time_intervals: list(body["time_intervals"]).map((interval) => {
      const { location, ...rest } = object(interval);
      return without({
        ...mapValues(rest, (value) => lowerCase(value)),
        location: location === "UTC" ? null : (location ?? null),
      });
    }),
  };
}

/** Names of days and months are read in any case. Numbers of days are texts at the server. */
function lowerCase(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(lowerCase);
  if (typeof value === "string") return value.toLowerCase();
  if (typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null) return value;
  return mapValues(value as Body, lowerCase);
}

const DATASOURCE_SERVER_KEYS = [
  "id",
  "uid",
  "orgId",
  "typeLogoUrl",
  "typeName",
  "readOnly",
  "version",
  "apiVersion",
  "accessControl",
  "secureJsonFields",
  "withCredentials",
];

function canonicalDatasource(body: Body): Body {
  return emptyGone(omit(body, DATASOURCE_SERVER_KEYS)) as Body;
}
