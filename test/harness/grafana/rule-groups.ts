import { type Answer, alertingError, badRequestData, hiddenError, publicError } from "./answer.ts";
import { objectBody, textOf } from "./body.ts";
import { checkFolder, checkRule } from "./check-rule.ts";
import { canUse } from "./provenance.ts";
import type { Call, Route } from "./route.ts";
import { newRule, readFields } from "./rule-fields.ts";
import type { GrafanaState, JsonObject, Provenance, StoredRule } from "./state.ts";
import { groupRules, ruleBody, writeRule } from "./stored-rules.ts";

const PATH = "/api/v1/provisioning/folder/:folder/rule-groups/:group";
const READ = ["alert.provisioning:read", "alert.provisioning.secrets:read", "alert.rules:read"];
const WRITE = ["alert.provisioning:write", "alert.rules:write"];
const GROUP_FIELDS = ["title", "folderUid", "interval", "rules"];
const SOURCE = "pkg/services/ngalert/api/api_provisioning.go; seen on 10.4.3 and 11.0.0";

export const ruleGroupRoutes: readonly Route[] = [
  {
    method: "GET",
    path: PATH,
    actions: READ,
    source: SOURCE,
    handle: readGroup,
  },
  {
    method: "PUT",
    path: PATH,
    actions: WRITE,
    fields: GROUP_FIELDS,
    source: SOURCE,
    handle: replaceGroup,
  },
  {
    method: "DELETE",
    path: PATH,
    actions: WRITE,
    when: ({ deletesGroups }) => deletesGroups,
    source: SOURCE,
    handle: deleteGroup,
  },
];

function readGroup({ state, params }: Call): Answer {
  const rules = groupRules(state, params["folder"] ?? "", params["group"] ?? "");
  const [first] = rules;
  if (!first) throw groupNotFound(state);
  return {
    status: 200,
    body: {
      title: first.ruleGroup,
      folderUid: first.folderUID,
      interval: first.intervalSeconds,
      // AlertRuleGroup has one provenance for all, and the getter never sets it (seen on both).
      rules: rules.map((rule) => ruleBody(rule, "")),
    },
  };
}

function groupNotFound({ profile }: GrafanaState): Error {
  return profile.hidesErrors
    ? publicError(404, "alerting.alert-rule.notFound", "Not found")
    : alertingError(404, "rulegroup not found");
}

function replaceGroup({ state, params, body, provenance }: Call): Answer {
  const given = objectBody(body);
  const [folderUID, title] = [params["folder"] ?? "", params["group"] ?? ""];
  const interval = given["interval"] ?? 0;
  if (typeof interval !== "number" || !Number.isInteger(interval)) throw badRequestData();
  if (interval <= 0 || interval % 10 !== 0) {
    throw alertingError(
      400,
      `invalid alert rule: interval (${formatSeconds(interval)}) should be non-zero and divided exactly by scheduler interval: 10`,
    );
  }
  const wanted = given["rules"];
  if (wanted !== undefined && wanted !== null && !Array.isArray(wanted)) throw badRequestData();
  const stored = groupRules(state, folderUID, title);
  const echo = { title, folderUid: folderUID, interval, rules: wanted ?? null };
  if (!Array.isArray(wanted)) {
    for (const rule of stored) {
      if (!canUse(rule.provenance, provenance, "group"))
        throw groupProvenance(state, rule, provenance);
    }
    for (const rule of stored) {
      if (rule.intervalSeconds !== interval) {
        writeRule(state, { ...rule, intervalSeconds: interval, provenance, updated: state.now() });
      }
    }
    return { status: 200, body: echo };
  }
  const next = wanted.map((item, index) => {
    const fields = objectBody(item);
    const uid = textOf(fields, "uid");
    const known = uid === "" ? undefined : state.rules.get(uid);
    if (uid !== "" && !known && !state.profile.createsRulesInGroup) {
      throw hiddenError(
        state.profile,
        `failed to calculate diff for alert rules: failed to update rule with UID ${uid} because could not find alert rule`,
      );
    }
    return {
      known,
      rule: groupRule(state, fields, known, { folderUID, title, interval, index, provenance }),
    };
  });
  checkFolder(state, folderUID);
  const gone = stored.filter(({ uid }) => !next.some(({ rule }) => rule.uid === uid));
  for (const rule of [...gone, ...next.flatMap(({ known }) => known ?? [])]) {
    if (!canUse(rule.provenance, provenance, "group"))
      throw groupProvenance(state, rule, provenance);
  }
  for (const { rule } of next) checkRule(state, rule, new Set(gone.map(({ uid }) => uid)));
  for (const { uid } of gone) state.rules.delete(uid);
  for (const { rule, known } of next) if (!known || differs(known, rule)) writeRule(state, rule);
  return { status: 200, body: echo };
}

function groupRule(
  state: GrafanaState,
  given: JsonObject,
  known: StoredRule | undefined,
  group: {
    readonly folderUID: string;
    readonly title: string;
    readonly interval: number;
    readonly index: number;
    readonly provenance: Provenance;
  },
): StoredRule {
  const uid = textOf(given, "uid") || `r${state.nextId()}`;
  const place = {
    intervalSeconds: group.interval,
    index: group.index + 1,
    provenance: group.provenance,
  };
  const rule = newRule(
    state,
    uid,
    { ...given, folderUID: group.folderUID, ruleGroup: group.title },
    readFields(state, given),
    place,
  );
  return known ? { ...rule, id: known.id, state: known.state } : rule;
}

/** store/deltas.go, CalculateChanges: version and time of change do not count. */
function differs(known: StoredRule, rule: StoredRule): boolean {
  const view = ({
    updated: _,
    state: _s,
    health: _h,
    lastError: _e,
    ...rest
  }: StoredRule): string => JSON.stringify(rest);
  return view(known) !== view(rule);
}

function groupProvenance(state: GrafanaState, rule: StoredRule, provenance: Provenance): Error {
  return hiddenError(
    state.profile,
    `cannot update with provided provenance '${provenance}', needs '${rule.provenance}'`,
  );
}

function deleteGroup({ state, params, provenance }: Call): Answer {
  const rules = groupRules(state, params["folder"] ?? "", params["group"] ?? "");
  if (rules.length === 0) throw groupNotFound(state);
  for (const rule of rules) {
    if (!canUse(rule.provenance, provenance, "group"))
      throw groupProvenance(state, rule, provenance);
  }
  for (const { uid } of rules) state.rules.delete(uid);
  return { status: 204, body: "" };
}

/** time.Duration.String() of whole seconds. */
function formatSeconds(total: number): string {
  const [hours, minutes, rest] = [
    Math.floor(total / 3600),
    Math.floor(total / 60) % 60,
    total % 60,
  ];
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}
