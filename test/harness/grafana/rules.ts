import { type Answer, alertingError, badRequestData, hiddenError, publicError } from "./answer.ts";
import {
  booleanOf,
  isObject,
  objectBody,
  sortedKeys,
  textMapOf,
  textOf,
  textsOf,
  uidProblem,
} from "./body.ts";
import { durationField } from "./go-duration.ts";
import { canUse } from "./provenance.ts";
import type { Call, Route } from "./route.ts";
import type { GrafanaState, JsonObject, Provenance, StoredRule } from "./state.ts";

const BASE = "/api/v1/provisioning";
const READ = ["alert.provisioning:read", "alert.provisioning.secrets:read", "alert.rules:read"];
const WRITE = ["alert.provisioning:write", "alert.rules:write"];
/** definitions/provisioning_alert_rules.go, ProvisionedAlertRule (11.0 and later). */
const FIELDS = [
  ...["id", "uid", "orgID", "folderUID", "ruleGroup", "title", "condition", "data", "updated"],
  ...["noDataState", "execErrState", "for", "annotations", "labels", "provenance", "isPaused"],
  ...["notification_settings", "record", "keep_firing_for", "missingSeriesEvalsToResolve"],
];
const GROUP_FIELDS = ["title", "folderUid", "interval", "rules"];
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
  {
    method: "GET",
    path: `${BASE}/folder/:folder/rule-groups/:group`,
    actions: READ,
    source: SOURCE,
    handle: readGroup,
  },
  {
    method: "PUT",
    path: `${BASE}/folder/:folder/rule-groups/:group`,
    actions: WRITE,
    fields: GROUP_FIELDS,
    source: SOURCE,
    handle: replaceGroup,
  },
  {
    method: "DELETE",
    path: `${BASE}/folder/:folder/rule-groups/:group`,
    actions: WRITE,
    when: ({ deletesGroups }) => deletesGroups,
    source: SOURCE,
    handle: deleteGroup,
  },
];

function listRules({ state }: Call): Answer {
  return { status: 200, body: orderedRules(state).map((rule) => ruleBody(rule)) };
}

/** store/alert_rule.go, ListAlertRules: by folder uid, group, place in the group, id. */
export function orderedRules(state: GrafanaState): readonly StoredRule[] {
  const by = (text: (rule: StoredRule) => string) => (left: StoredRule, right: StoredRule) => {
    const [a, b] = [text(left), text(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  };
  return [...state.rules.values()].toSorted(
    (left, right) =>
      by(({ folderUID }) => folderUID)(left, right) ||
      by(({ ruleGroup }) => ruleGroup)(left, right) ||
      left.index - right.index ||
      left.id - right.id,
  );
}

export function ruleBody(rule: StoredRule, provenance: Provenance = rule.provenance): JsonObject {
  const {
    data,
    noDataState,
    execErrState,
    for: pending,
    annotations,
    labels,
    isPaused,
  } = rule.fields;
  const { notification_settings: settings, record, keep_firing_for: keep } = rule.fields;
  const { missingSeriesEvalsToResolve: missing } = rule.fields;
  return {
    id: rule.id,
    uid: rule.uid,
    orgID: 1,
    folderUID: rule.folderUID,
    ruleGroup: rule.ruleGroup,
    title: rule.title,
    condition: rule.fields["condition"],
    data,
    updated: rule.updated,
    noDataState,
    execErrState,
    for: pending,
    ...(keep !== undefined && { keep_firing_for: keep }),
    ...(hasEntries(annotations) && { annotations }),
    ...(hasEntries(labels) && { labels }),
    ...(provenance !== "" && { provenance }),
    isPaused,
    notification_settings: settings ?? null,
    ...(record !== undefined && { record }),
    ...(missing !== undefined && { missingSeriesEvalsToResolve: missing }),
  };
}

function hasEntries(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length > 0;
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

function newRule(
  state: GrafanaState,
  uid: string,
  given: JsonObject,
  fields: JsonObject,
  of: { readonly intervalSeconds: number; readonly index: number; readonly provenance: Provenance },
): StoredRule {
  return {
    ...of,
    id: state.nextId(),
    uid,
    folderUID: textOf(given, "folderUID"),
    ruleGroup: textOf(given, "ruleGroup"),
    title: textOf(given, "title"),
    fields,
    updated: state.now(),
    state: "inactive",
    health: "ok",
    lastError: undefined,
  };
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
  write(state, rule);
  return { status: 200, body: ruleBody(rule) };
}

/** Every write of a rule begins its alert anew: as-code research, complaint 1 (grafana#87311 and its siblings). */
function write(state: GrafanaState, rule: StoredRule): void {
  if (rule.state !== "inactive") state.stateResets.push(rule.uid);
  state.rules.set(rule.uid, { ...rule, state: "inactive", health: "ok", lastError: undefined });
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
        write(state, { ...rule, intervalSeconds: interval, provenance, updated: state.now() });
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
  for (const { rule, known } of next) if (!known || differs(known, rule)) write(state, rule);
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

export function groupRules(
  state: GrafanaState,
  folderUID: string,
  group: string,
): readonly StoredRule[] {
  return orderedRules(state).filter(
    (rule) => rule.folderUID === folderUID && rule.ruleGroup === group,
  );
}

function readFields(state: GrafanaState, given: JsonObject): JsonObject {
  const data = given["data"] ?? [];
  if (!Array.isArray(data)) throw badRequestData();
  const { profile } = state;
  // RoutePostAlertRule of 11.2 and later without the toggle; 11.0 drops the field.
  if (isObject(given["record"]) && !profile.hasRecordRules && profile.createsRulesInGroup) {
    throw alertingError(
      400,
      "invalid alert rule: recording rules cannot be created on this instance",
    );
  }
  return {
    condition: textOf(given, "condition"),
    data: data.map(readStep),
    noDataState: textOf(given, "noDataState"),
    execErrState: textOf(given, "execErrState"),
    for: durationField(given["for"]) ?? "0s",
    annotations: textMapOf(given, "annotations"),
    labels: textMapOf(given, "labels"),
    isPaused: booleanOf(given, "isPaused"),
    notification_settings: readSettings(given["notification_settings"]),
    // An older server drops a newer field without a word.
    ...(profile.hasKeepFiring && {
      keep_firing_for: durationField(given["keep_firing_for"]) ?? "0s",
    }),
    ...(profile.hasKeepFiring && {
      missingSeriesEvalsToResolve: given["missingSeriesEvalsToResolve"] ?? null,
    }),
    ...(profile.hasRecordRules && isObject(given["record"]) && { record: given["record"] }),
  };
}

/** models/alert_query.go: the model gets intervalMs and maxDataPoints, and comes back as a sorted map. */
function readStep(step: unknown): JsonObject {
  const given = objectBody(step);
  const range = given["relativeTimeRange"] ?? {};
  if (!isObject(range)) throw badRequestData();
  const model = given["model"] ?? {};
  if (!isObject(model)) throw badRequestData();
  return {
    refId: textOf(given, "refId"),
    queryType: textOf(given, "queryType"),
    relativeTimeRange: { from: seconds(range["from"]), to: seconds(range["to"]) },
    datasourceUid: textOf(given, "datasourceUid"),
    model: sortedKeys({ intervalMs: 1000, maxDataPoints: 43_200, ...model }),
  };
}

function seconds(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value !== "number") throw badRequestData();
  return value;
}

function readSettings(value: unknown): JsonObject | null {
  if (value === undefined || value === null) return null;
  const given = objectBody(value);
  const settings: JsonObject = { receiver: textOf(given, "receiver") };
  for (const key of ["group_by", "mute_time_intervals", "active_time_intervals"]) {
    const texts = textsOf(given, key);
    if (texts) settings[key] = texts;
  }
  for (const key of ["group_wait", "group_interval", "repeat_interval"]) {
    const duration = durationField(given[key]);
    if (duration !== undefined) settings[key] = duration;
  }
  return settings;
}

function checkFolder(state: GrafanaState, folderUID: string): void {
  if (state.profile.checksRuleFolder && !state.folders.has(folderUID)) {
    throw alertingError(400, "invalid alert rule: folder does not exist");
  }
}

const NO_DATA = ["Alerting", "NoData", "OK", "KeepLast"];
const ON_ERROR = ["Alerting", "Error", "OK", "KeepLast"];

/** models/alert_rule.go, ValidateAlertRule, in its order. */
function checkRule(
  state: GrafanaState,
  rule: StoredRule,
  leaving: ReadonlySet<string> = new Set(),
): void {
  const invalid = (message: string): Error => alertingError(400, `invalid alert rule: ${message}`);
  const { fields, title } = rule;
  const settings = fields["notification_settings"];
  if (isObject(settings)) checkReceiver(state, String(settings["receiver"]));
  const annotations = (fields["annotations"] ?? {}) as Record<string, string>;
  if ("__panelId__" in annotations !== "__dashboardUid__" in annotations) {
    throw hiddenError(
      state.profile,
      "both annotations __dashboardUid__ and __panelId__ must be specified",
    );
  }
  if ((fields["data"] as readonly unknown[]).length === 0) {
    throw invalid("no queries or expressions are found");
  }
  if (title === "") throw invalid("title is empty");
  if (!isObject(fields["record"])) {
    const [onError, noData] = [String(fields["execErrState"]), String(fields["noDataState"])];
    if (!ON_ERROR.includes(onError)) {
      throw hiddenError(state.profile, `unknown Error state option ${onError}`);
    }
    if (!NO_DATA.includes(noData)) {
      throw hiddenError(state.profile, `unknown NoData state option ${noData}`);
    }
  }
  if (title.length > 190) throw invalid("name length should not be greater than 190");
  if (rule.ruleGroup.length > 190)
    throw invalid("group name length should not be greater than 190");
  const twin = [...state.rules.values()].find(
    (other) =>
      other.uid !== rule.uid &&
      !leaving.has(other.uid) &&
      other.folderUID === rule.folderUID &&
      other.title === title,
  );
  const sameUid = state.rules.get(rule.uid);
  if ((twin && state.profile.hasUniqueTitles) || (sameUid && sameUid.id !== rule.id)) {
    throw alertingError(
      400,
      `[alerting.alert-rule.conflict] conflicting alert rule found [rule_uid: '${rule.uid}', title: '${title}', namespace_uid: '${rule.folderUID}']: rule title under the same organisation and folder should be unique`,
    );
  }
}

function checkReceiver(state: GrafanaState, receiver: string): void {
  const isThere = state.alertmanager.integrations.some(({ name }) => name === receiver);
  if (!isThere) throw hiddenError(state.profile, `receiver '${receiver}' does not exist`);
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
