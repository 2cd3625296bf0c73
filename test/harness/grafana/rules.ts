import { type Answer, alertingError, hiddenError } from "./answer.ts";
import { objectBody, textOf, uidProblem } from "./body.ts";
import { checkFolder, checkRule } from "./check-rule.ts";
import { canUse } from "./provenance.ts";
import type { Call, Route } from "./route.ts";
import { newRule, readFields } from "./rule-fields.ts";
import type { StoredRule } from "./state.ts";
import { groupRules, orderedRules, ruleBody, writeRule } from "./stored-rules.ts";

const BASE = "/api/v1/provisioning";
const READ = ["alert.provisioning:read", "alert.provisioning.secrets:read", "alert.rules:read"];
const WRITE = ["alert.provisioning:write", "alert.rules:write"];
/** definitions/provisioning_alert_rules.go, ProvisionedAlertRule (11.0 and later). */
const FIELDS = [
  ...["id", "uid", "orgID", "folderUID", "ruleGroup", "title", "condition", "data", "updated"],
  ...["noDataState", "execErrState", "for", "annotations", "labels", "provenance", "isPaused"],
  ...["notification_settings", "record", "keep_firing_for", "missingSeriesEvalsToResolve"],
];
const SOURCE = "pkg/services/ngalert/api/api_provisioning.go; seen on 10.4.3 and 11.0.0";

export const ruleRoutes: readonly Route[] = [
  { method: "GET", path: `${BASE}/alert-rules`, actions: READ, source: SOURCE, handle: listRules },
  {
    method: "POST",
    path: `${BASE}/alert-rules`,
    actions: WRITE,
    fields: FIELDS,
    source: SOURCE,
    handle: createRule,
  },
  {
    method: "GET",
    path: `${BASE}/alert-rules/:uid`,
    actions: READ,
    source: SOURCE,
    handle: readRule,
  },
  {
    method: "PUT",
    path: `${BASE}/alert-rules/:uid`,
    actions: WRITE,
    fields: FIELDS,
    source: SOURCE,
    handle: updateRule,
  },
  {
    method: "DELETE",
    path: `${BASE}/alert-rules/:uid`,
    actions: WRITE,
    source: SOURCE,
    handle: deleteRule,
  },
];

function listRules({ state }: Call): Answer {
  return { status: 200, body: orderedRules(state).map((rule) => ruleBody(rule)) };
}

function readRule({ state, params }: Call): Answer {
  const rule = state.rules.get(params["uid"] ?? "");
  return rule ? { status: 200, body: ruleBody(rule) } : { status: 404 };
}

function createRule({ state, body, provenance }: Call): Answer {
  const given = objectBody(body);
  const uid = textOf(given, "uid") || `r${state.nextId()}`;
  const problem = uidProblem(uid);
  if (problem) {
    throw alertingError(
      400,
      `invalid alert rule\ncannot create rule with UID '${uid}': ${problem}`,
    );
  }
  const fields = readFields(state, given);
  const [folderUID, ruleGroup] = [textOf(given, "folderUID"), textOf(given, "ruleGroup")];
  checkFolder(state, folderUID);
  const group = groupRules(state, folderUID, ruleGroup);
  // A new group has the default interval of the scheduler, whatever the request says.
  const intervalSeconds = group[0]?.intervalSeconds ?? 60;
  const rule = newRule(state, uid, given, fields, {
    intervalSeconds,
    index: group.length,
    provenance,
  });
  checkRule(state, rule);
  state.rules.set(uid, rule);
  return { status: 201, body: ruleBody(rule) };
}

function updateRule({ state, body, params, provenance }: Call): Answer {
  const given = objectBody(body);
  const fields = readFields(state, given);
  const stored = state.rules.get(params["uid"] ?? "");
  if (!stored) return { status: 404 };
  if (!canUse(stored.provenance, provenance)) {
    throw hiddenError(
      state.profile,
      `cannot change provenance from '${stored.provenance}' to '${provenance}'`,
    );
  }
  const [folderUID, ruleGroup] = [textOf(given, "folderUID"), textOf(given, "ruleGroup")];
  checkFolder(state, folderUID);
  const isMoved = folderUID !== stored.folderUID || ruleGroup !== stored.ruleGroup;
  const group = groupRules(state, folderUID, ruleGroup);
  const rule: StoredRule = {
    ...stored,
    folderUID,
    ruleGroup,
    title: textOf(given, "title"),
    fields,
    provenance,
    updated: state.now(),
    intervalSeconds: isMoved
      ? (group[0]?.intervalSeconds ?? stored.intervalSeconds)
      : stored.intervalSeconds,
  };
  checkRule(state, rule);
  writeRule(state, rule);
  return { status: 200, body: ruleBody(rule) };
}

function deleteRule({ state, params, provenance }: Call): Answer {
  const rule = state.rules.get(params["uid"] ?? "");
  if (rule) {
    if (!canUse(rule.provenance, provenance)) {
      throw hiddenError(
        state.profile,
        `cannot delete with provided provenance '${provenance}', needs '${rule.provenance}'`,
      );
    }
    state.rules.delete(rule.uid);
  }
  // Without it, too: there is nothing left to do.
  return { status: 204, body: "" };
}
