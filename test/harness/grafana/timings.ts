import { createHash } from "node:crypto";
import { changeConfig } from "./alertmanager-config.ts";
import { type Answer, badRequestData, publicError } from "./answer.ts";
import { isObject, objectBody, textOf, textsOf, unspecified } from "./body.ts";
import { routeUses } from "./policies.ts";
import { canUse } from "./provenance.ts";
import type { Call, Route } from "./route.ts";
import type { GrafanaState, JsonObject, StoredTiming } from "./state.ts";

const PATH = "/api/v1/provisioning/mute-timings";
const READ = [
  "alert.provisioning:read",
  "alert.provisioning.secrets:read",
  "alert.notifications:read",
  "alert.notifications.time-intervals:read",
];
const WRITE = ["alert.provisioning:write", "alert.notifications:write"];
const FIELDS = ["name", "time_intervals", "provenance", "version"];
const SOURCE = "pkg/services/ngalert/provisioning/mute_timings.go; seen on 10.4.3 and 11.0.0";

export const timingRoutes: readonly Route[] = [
  { method: "GET", path: PATH, actions: READ, source: SOURCE, handle: listTimings },
  {
    method: "POST",
    path: PATH,
    actions: WRITE,
    fields: FIELDS,
    source: SOURCE,
    handle: createTiming,
  },
  { method: "GET", path: `${PATH}/:name`, actions: READ, source: SOURCE, handle: readTiming },
  {
    method: "PUT",
    path: `${PATH}/:name`,
    actions: WRITE,
    fields: FIELDS,
    source: SOURCE,
    handle: updateTiming,
  },
  {
    method: "DELETE",
    path: `${PATH}/:name`,
    query: ["version"],
    actions: WRITE,
    source: SOURCE,
    handle: deleteTiming,
  },
];

function timingBody(state: GrafanaState, timing: StoredTiming): JsonObject {
  return {
    ...(state.profile.hasVersions && { version: versionOf(timing) }),
    name: timing.name,
    time_intervals: timing.intervals,
    ...(timing.provenance !== "" && { provenance: timing.provenance }),
  };
}

function versionOf({ name, intervals }: StoredTiming): string {
  return createHash("sha256")
    .update(JSON.stringify([name, intervals]))
    .digest("hex")
    .slice(0, 16);
}

function listTimings({ state }: Call): Answer {
  return {
    status: 200,
    body: state.alertmanager.timings.map((timing) => timingBody(state, timing)),
  };
}

function notFound(): Error {
  return publicError(404, "alerting.notifications.time-intervals.notFound", "Not found");
}

function readTiming({ state, params }: Call): Answer {
  const timing = state.alertmanager.timings.find(({ name }) => name === params["name"]);
  if (!timing) throw notFound();
  return { status: 200, body: timingBody(state, timing) };
}

function createTiming(call: Call): Promise<Answer> {
  const { state, provenance } = call;
  const given = objectBody(call.body);
  const name = textOf(given, "name");
  if (name === "") throw badRequestData();
  const timing: StoredTiming = { name, intervals: readIntervals(given), provenance };
  return changeConfig(call, (config) => {
    if (config.timings.some((other) => other.name === name)) {
      throw publicError(
        400,
        "alerting.notifications.time-intervals.nameExists",
        "Time interval with this name already exists. Use a different name or update existing one.",
      );
    }
    config.timings.push(timing);
    return { answer: { status: 201, body: timingBody(state, timing) } };
  });
}

function updateTiming(call: Call): Promise<Answer> {
  const { state, params, provenance } = call;
  const given = objectBody(call.body);
  // The body is checked before the path gives it a name: one without is refused (seen on both).
  if (textOf(given, "name") === "") throw badRequestData();
  const intervals = readIntervals(given);
  return changeConfig(call, (config) => {
    // An organisation that never had a timing has no list, and then nothing happens at all (seen on both).
    if (config.timings.length === 0 && !state.profile.hasVersions) {
      return {
        answer: { status: 202, body: { name: "", time_intervals: null } },
        isChanged: false,
      };
    }
    const stored = config.timings.find(({ name }) => name === params["name"]);
    if (!stored) throw notFound();
    checkVersion(state, stored, textOf(given, "version"));
    if (state.profile.hasVersions && !canUse(stored.provenance, provenance)) {
      throw publicError(
        403,
        "alerting.provenanceMismatch",
        `cannot change provenance from '${stored.provenance}' to '${provenance}'`,
      );
    }
    Object.assign(stored, { intervals, provenance });
    return { answer: { status: 202, body: timingBody(state, stored) } };
  });
}

function checkVersion(state: GrafanaState, stored: StoredTiming, version: string): void {
  if (state.profile.hasVersions && version !== "" && version !== versionOf(stored)) {
    throw publicError(409, "alerting.notifications.conflict", "Conflict");
  }
}

function deleteTiming(call: Call): Promise<Answer> {
  const { state, params, query } = call;
  const name = params["name"] ?? "";
  return changeConfig(call, (config) => {
    const stored = config.timings.find((timing) => timing.name === name);
    if (!stored) return { answer: { status: 204 } };
    checkVersion(state, stored, query.get("version") ?? "");
    const isUsed = ["mute_time_intervals", "active_time_intervals"].some(
      (key) =>
        routeUses(config.route, key, name) ||
        [...state.rules.values()].some(({ fields }) => {
          const settings = fields["notification_settings"];
          return isObject(settings) && routeUses(settings, key, name);
        }),
    );
    if (isUsed) {
      throw publicError(
        409,
        "alerting.notifications.time-intervals.used",
        "Time interval is used by one or many notification policies",
      );
    }
    config.timings = config.timings.filter((timing) => timing !== stored);
    return { answer: { status: 204 } };
  });
}

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS = [
  ...["january", "february", "march", "april", "may", "june", "july", "august"],
  ...["september", "october", "november", "december"],
];
const TIME = /^((?:[01]?\d|2[0-3]):[0-5]\d|24:00)$/;

/** prometheus/alertmanager timeinterval: names in small letters, months as numbers. */
function readIntervals(given: JsonObject): readonly JsonObject[] {
  const value = given["time_intervals"] ?? [];
  if (!Array.isArray(value)) throw badRequestData();
  return value.map((item) => readInterval(objectBody(item)));
}

function readInterval(given: JsonObject): JsonObject {
  const known = ["times", "weekdays", "days_of_month", "months", "years", "location"];
  for (const key of Object.keys(given))
    if (!known.includes(key)) throw unspecified(`${key} of a mute timing`);
  const times = given["times"];
  const location = textOf(given, "location");
  const ranges = {
    weekdays: textsOf(given, "weekdays")?.map((text) =>
      rangeOf(text, (part) => (WEEKDAYS.includes(part) ? part : undefined)),
    ),
    days_of_month: textsOf(given, "days_of_month")?.map((text) => rangeOf(text, dayOfMonth)),
    months: textsOf(given, "months")?.map((text) => rangeOf(text, monthNumber)),
    years: textsOf(given, "years")?.map((text) =>
      rangeOf(text, (part) => (/^\d{1,4}$/.test(part) ? part : undefined)),
    ),
  };
  return {
    ...(Array.isArray(times) && times.length > 0 && { times: times.map(readTime) }),
    ...Object.fromEntries(
      Object.entries(ranges).filter(([, list]) => list !== undefined && list.length > 0),
    ),
    ...(location !== "" && { location: checkedLocation(location) }),
  };
}

function readTime(value: unknown): JsonObject {
  const given = objectBody(value);
  const [start, end] = [textOf(given, "start_time"), textOf(given, "end_time")];
  if (!TIME.test(start) || !TIME.test(end) || start >= end) throw badRequestData();
  return { start_time: start, end_time: end };
}

function rangeOf(text: string, part: (text: string) => string | undefined): string {
  const parts = text.toLowerCase().split(":").map(part);
  if (parts.length > 2 || parts.includes(undefined)) throw badRequestData();
  return parts.join(":");
}

function dayOfMonth(text: string): string | undefined {
  const day = Number(text);
  return Number.isInteger(day) && day !== 0 && Math.abs(day) <= 31 ? text : undefined;
}

function monthNumber(text: string): string | undefined {
  const index = MONTHS.indexOf(text);
  if (index >= 0) return String(index + 1);
  // Numbers are not looked at: there is a month 13 (seen on both).
  return /^\d+$/.test(text) ? text : undefined;
}

function checkedLocation(location: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: location });
    return location;
  } catch {
    throw badRequestData();
  }
}
