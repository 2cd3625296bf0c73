import { changeConfig } from "./alertmanager-config.ts";
import { type Answer, alertingError, publicError, refuse } from "./answer.ts";
import { booleanOf, isObject, objectBody, sortedKeys, textOf, uidProblem } from "./body.ts";
import { findNotifier, secretFields, settingsProblem } from "./notifiers.ts";
import { routeUses } from "./policies.ts";
import { canUse } from "./provenance.ts";
import type { Call, Route } from "./route.ts";
import type { GrafanaState, JsonObject, StoredIntegration } from "./state.ts";

const PATH = "/api/v1/provisioning/contact-points";
const READ = [
  "alert.provisioning:read",
  "alert.provisioning.secrets:read",
  "alert.notifications:read",
];
const WRITE = ["alert.provisioning:write", "alert.notifications:write"];
const FIELDS = ["uid", "name", "type", "settings", "disableResolveMessage", "provenance"];
const SOURCE = "pkg/services/ngalert/provisioning/contactpoints.go; seen on 10.4.3 and 11.0.0";
export const REDACTED = "[REDACTED]";

export const contactPointRoutes: readonly Route[] = [
  {
    method: "GET",
    path: PATH,
    query: ["name"],
    actions: READ,
    source: SOURCE,
    handle: listContactPoints,
  },
  {
    method: "POST",
    path: PATH,
    actions: WRITE,
    fields: FIELDS,
    source: SOURCE,
    handle: createContactPoint,
  },
  {
    method: "PUT",
    path: `${PATH}/:uid`,
    actions: WRITE,
    fields: FIELDS,
    source: SOURCE,
    handle: updateContactPoint,
  },
  {
    method: "DELETE",
    path: `${PATH}/:uid`,
    actions: WRITE,
    source: SOURCE,
    handle: deleteContactPoint,
  },
];

function listContactPoints({ state, query }: Call): Answer {
  const name = query.get("name");
  const found = state.alertmanager.integrations
    .filter((integration) => name === null || name === "" || integration.name === name)
    .toSorted((left, right) => compare(left.name, right.name) || compare(left.uid, right.uid));
  if (found.length === 0 && name) {
    if (state.profile.panicsOnUnknownName) {
      throw refuse(500, "Internal Server Error - please inspect Grafana server log for details", {
        error: "Server Error",
      });
    }
    return { status: 200, body: null };
  }
  return { status: 200, body: found.map((integration) => contactBody(state, integration)) };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function contactBody(
  state: GrafanaState,
  integration: StoredIntegration,
  hasProvenance = true,
): JsonObject {
  const notifier = findNotifier(state, integration.type);
  const secrets =
    state.profile.redactsUnsetSecrets && notifier && integration.uid !== ""
      ? secretFields(notifier)
      : [...integration.secrets.keys()];
  const redacted = Object.fromEntries(secrets.map((field) => [field, REDACTED]));
  return {
    uid: integration.uid,
    name: integration.name,
    type: integration.type,
    settings: sortedKeys({ ...integration.settings, ...redacted }),
    disableResolveMessage: integration.disableResolveMessage,
    ...(hasProvenance && integration.provenance !== "" && { provenance: integration.provenance }),
  };
}

function createContactPoint(call: Call): Promise<Answer> {
  const { state, provenance } = call;
  const given = objectBody(call.body);
  const integration = readIntegration(state, given, textOf(given, "uid"));
  return changeConfig(call, (config) => {
    const uid = integration.uid || `c${state.nextId()}`;
    const problem = uidProblem(uid);
    if (problem) {
      throw alertingError(
        400,
        `invalid object specification\ncannot create contact point with UID '${uid}': ${problem}`,
      );
    }
    const twin = config.integrations.find((other) => other.uid === uid);
    if (twin) {
      throw alertingError(
        500,
        `receiver configuration with UID '${uid}' already exist in contact point '${twin.name}'. Please use unique identifiers for receivers across all contact points`,
      );
    }
    const stored = { ...integration, uid, provenance };
    config.integrations.push(stored);
    return { answer: { status: 202, body: contactBody(state, stored, false) } };
  });
}

function readIntegration(
  state: GrafanaState,
  given: JsonObject,
  uid: string,
  stored?: StoredIntegration,
): StoredIntegration {
  const invalid = (message: string): Error =>
    alertingError(400, `invalid object specification: ${message}`);
  const [name, type] = [textOf(given, "name"), textOf(given, "type")];
  if (!isObject(given["settings"])) throw invalid("settings should not be empty");
  const settings: JsonObject = { ...given["settings"] };
  if (type === "") throw invalid("type should not be an empty string");
  const notifier = findNotifier(state, type);
  const secrets = new Map<string, string>();
  for (const field of notifier ? secretFields(notifier) : []) {
    const value = settings[field];
    // What is stored stays, where one has only read it. On creation the text itself is taken.
    const text = stored && value === REDACTED ? (stored.secrets.get(field) ?? "") : value;
    settings[field] = text;
    if (typeof text === "string" && text !== "") secrets.set(field, text);
  }
  const problem = settingsProblem(state, type, settings);
  if (problem !== undefined) {
    throw invalid(
      `failed to validate integration "${name}" (UID ${uid}) of type "${type}": ${problem}`,
    );
  }
  for (const field of notifier ? secretFields(notifier) : []) delete settings[field];
  return {
    uid,
    name,
    type,
    settings,
    secrets,
    disableResolveMessage: booleanOf(given, "disableResolveMessage"),
    provenance: "",
  };
}

function updateContactPoint(call: Call): Promise<Answer> {
  const { state, provenance, params } = call;
  const uid = params["uid"] ?? "";
  const given = objectBody(call.body);
  return changeConfig(call, (config) => {
    const stored = config.integrations.find((integration) => integration.uid === uid);
    if (!isObject(given["settings"])) {
      throw alertingError(400, "invalid object specification: settings should not be empty");
    }
    if (!stored)
      throw alertingError(404, `object not found: contact point with uid '${uid}' not found`);
    const integration = readIntegration(state, given, uid, stored);
    if (!canUse(stored.provenance, provenance)) {
      throw alertingError(
        500,
        `cannot change provenance from '${stored.provenance}' to '${provenance}'`,
      );
    }
    const isAlone = config.integrations.filter(({ name }) => name === stored.name).length === 1;
    if (integration.name !== stored.name && isAlone)
      renameReceiver(state, stored.name, integration.name);
    Object.assign(stored, { ...integration, provenance });
    return { answer: { status: 202, body: { message: "contactpoint updated" } } };
  });
}

/** stitchReceiver: routes and rules that named the last integration of a contact point follow its new name. */
function renameReceiver(state: GrafanaState, from: string, to: string): void {
  const visit = (route: JsonObject): void => {
    if (route["receiver"] === from) route["receiver"] = to;
    for (const child of (route["routes"] as JsonObject[] | undefined) ?? []) visit(child);
  };
  visit(state.alertmanager.route);
  for (const rule of state.rules.values()) {
    const settings = rule.fields["notification_settings"];
    if (isObject(settings) && settings["receiver"] === from) settings["receiver"] = to;
  }
}

function deleteContactPoint(call: Call): Promise<Answer> {
  const { state, params, provenance } = call;
  const uid = params["uid"] ?? "";
  return changeConfig(call, (config) => {
    const deleted: Answer = { status: 202, body: { message: "contactpoint deleted" } };
    const stored = config.integrations.find((integration) => integration.uid === uid);
    if (!stored) return { answer: deleted };
    // Nothing asks for the provenance here up to 11.0; a file's is refused all the same by its next load.
    if (
      stored.provenance === "file" &&
      provenance !== "file" &&
      state.profile.contactInUseStatus === 409
    ) {
      throw publicError(
        403,
        "alerting.provenance.mismatch",
        "cannot delete with provided provenance",
      );
    }
    const isLast = config.integrations.filter(({ name }) => name === stored.name).length === 1;
    if (isLast && routeUses(config.route, "receiver", stored.name)) {
      throw inUse(
        state,
        "alerting.notifications.contact-points.referenced",
        "Contact point is currently referenced by a notification policy.",
      );
    }
    if (isLast && ruleUses(state, stored.name)) {
      throw inUse(
        state,
        "alerting.notifications.contact-points.used-by-rule",
        "Contact point is currently used in the notification settings of one or many alert rules.",
      );
    }
    config.integrations = config.integrations.filter((integration) => integration !== stored);
    return { answer: deleted };
  });
}

function ruleUses(state: GrafanaState, receiver: string): boolean {
  return [...state.rules.values()].some((rule) => {
    const settings = rule.fields["notification_settings"];
    return isObject(settings) && settings["receiver"] === receiver;
  });
}

function inUse(state: GrafanaState, messageId: string, message: string): Error {
  if (state.profile.contactInUseStatus === 409) return publicError(409, messageId, message);
  return alertingError(500, "failed to delete contact point");
}
