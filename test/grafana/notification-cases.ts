import { expect } from "vitest";
import { type Case, created, NO_PROVENANCE, PROVISIONING, rule } from "./cases.ts";

const POINTS = `${PROVISIONING}/contact-points`;
const TIMINGS = `${PROVISIONING}/mute-timings`;
const TEMPLATES = `${PROVISIONING}/templates`;
const POLICIES = `${PROVISIONING}/policies`;

const email = (prefix: string): object => ({
  uid: `${prefix}-mail`,
  name: `${prefix} ops`,
  type: "email",
  settings: { addresses: "a@example.org" },
});

export const NOTIFICATION_CASES: readonly Case[] = [
  {
    name: "secrets of a contact point are [REDACTED], and that text keeps what is stored",
    run: async ({ call }, { prefix }) => {
      const point = { uid: `${prefix}-tele`, name: `${prefix} tele`, type: "telegram" };
      const settings = { bottoken: "CANARY", chatid: "-100" };
      const made = await call("POST", POINTS, { ...point, settings });
      expect([made.status, made.body.settings.bottoken]).toEqual([202, "[REDACTED]"]);
      const read = await call("GET", `${POINTS}?name=${encodeURIComponent(point.name)}`);
      expect(JSON.stringify(read.body)).not.toContain("CANARY");
      expect(read.body[0]).toMatchObject({ provenance: "api", disableResolveMessage: false });
      // Without the secret it would be refused: so it was kept.
      const kept = { ...point, settings: { bottoken: "[REDACTED]", chatid: "-200" } };
      expect((await call("PUT", `${POINTS}/${point.uid}`, kept)).status).toBe(202);
      const lost = { ...point, settings: { chatid: "-200" } };
      expect((await call("PUT", `${POINTS}/${point.uid}`, lost)).status).toBe(400);
    },
  },
  {
    name: "secrets that were never set are shown as [REDACTED] before 11.6",
    run: async ({ call, profile }, { prefix }) => {
      const settings = { url: "https://chat.example.org/x" };
      const made = await call("POST", POINTS, {
        uid: `${prefix}-chat`,
        name: `${prefix} chat`,
        type: "slack",
        settings,
      });
      expect(made.status).toBe(202);
      const read = await call("GET", `${POINTS}?name=${encodeURIComponent(`${prefix} chat`)}`);
      expect(read.body[0].settings.url).toBe("[REDACTED]");
      expect(read.body[0].settings.token).toBe(
        profile.redactsUnsetSecrets ? "[REDACTED]" : undefined,
      );
    },
  },
  {
    name: "settings without what the type needs are refused with 400, a uid that is taken with an error",
    run: async ({ call }, { prefix }) => {
      const none = await call("POST", POINTS, { ...email(prefix), settings: { message: "x" } });
      expect([none.status, none.body.message]).toEqual([
        400,
        expect.stringContaining("could not find addresses in settings"),
      ]);
      const unknown = await call("POST", POINTS, { ...email(prefix), type: "nothing" });
      expect(unknown.status).toBe(400);
      expect((await call("POST", POINTS, email(prefix))).status).toBe(202);
      expect((await call("POST", POINTS, email(prefix))).status).toBeGreaterThanOrEqual(400);
      const uid = await call("POST", POINTS, { ...email(prefix), uid: "a b" });
      expect(uid.status).toBe(400);
    },
  },
  {
    name: "a contact point keeps its provenance, and one that is not there is 404 for PUT and 202 for DELETE",
    run: async ({ call }, { prefix }) => {
      await call("POST", POINTS, email(prefix));
      const lost = await call("PUT", `${POINTS}/${prefix}-mail`, email(prefix), NO_PROVENANCE);
      expect(lost.status).toBeGreaterThanOrEqual(400);
      expect((await call("PUT", `${POINTS}/${prefix}-none`, email(prefix))).status).toBe(404);
      expect((await call("DELETE", `${POINTS}/${prefix}-none`)).status).toBe(202);
    },
  },
  {
    name: "a contact point that the policy or a rule names is not deleted: 500, since 13 409",
    run: async (grafana, own) => {
      const { call, profile } = grafana;
      const { prefix } = own;
      await call("POST", POINTS, email(prefix));
      await created(grafana, rule(own, { notification_settings: { receiver: `${prefix} ops` } }));
      const byRule = await call("DELETE", `${POINTS}/${prefix}-mail`);
      expect(byRule.status).toBe(profile.contactInUseStatus);
      await call("DELETE", `${PROVISIONING}/alert-rules/${prefix}-r`);
      await withTree(grafana, { receiver: `${prefix} ops` }, async () => {
        const byRoute = await call("DELETE", `${POINTS}/${prefix}-mail`);
        expect(byRoute.status).toBe(profile.contactInUseStatus);
      });
      expect((await call("DELETE", `${POINTS}/${prefix}-mail`)).status).toBe(202);
    },
    skip: (_profile, isReal) =>
      isReal && process.env["GRAFANA_KEEP_POLICY"] ? "the policy is not to be touched" : undefined,
  },
  {
    name: "the policy is one tree: matchers come back sorted, durations in their shortest form",
    run: async (grafana, { prefix }) => {
      const { call } = grafana;
      await call("POST", POINTS, email(prefix));
      const route = {
        receiver: `${prefix} ops`,
        object_matchers: [
          ["severity", "=", "critical$"],
          ["a", "=~", "b.*"],
        ],
        group_wait: "90s",
        repeat_interval: "96h",
        continue: true,
      };
      await withTree(grafana, { receiver: `${prefix} ops`, routes: [route] }, async () => {
        const { body } = await call("GET", POLICIES);
        expect(body.routes).toEqual([
          {
            receiver: `${prefix} ops`,
            object_matchers: [
              ["a", "=~", "b.*"],
              ["severity", "=", "critical$"],
            ],
            continue: true,
            group_wait: "1m30s",
            repeat_interval: "4d",
          },
        ]);
        expect(body.provenance).toBe("api");
      });
    },
  },
  {
    name: "a policy with a receiver, a timing, an operator or a duration that is none is refused with 400",
    run: async ({ call }, { prefix }) => {
      await call("POST", POINTS, email(prefix));
      const receiver = `${prefix} ops`;
      for (const tree of [
        { receiver: `${prefix} nobody` },
        { receiver, routes: [{ mute_time_intervals: [`${prefix} never`] }] },
        { receiver, routes: [{ object_matchers: [["a", "?", "b"]] }] },
        { receiver, group_by: ["a", "a"] },
        { receiver, group_wait: "1x" },
        {},
      ]) {
        expect([tree, (await call("PUT", POLICIES, tree)).status]).toEqual([tree, 400]);
      }
    },
  },
  {
    name: "the provenance of the policy passes to whoever writes it: api may become none",
    skip: ({ hasVersions }) => (hasVersions ? "not seen on a real server yet" : undefined),
    run: async (grafana, { prefix }) => {
      const { call } = grafana;
      await call("POST", POINTS, email(prefix));
      const tree = { receiver: `${prefix} ops` };
      await withTree(grafana, tree, async () => {
        expect((await call("PUT", POLICIES, tree, NO_PROVENANCE)).status).toBe(202);
        expect((await call("GET", POLICIES)).body.provenance).toBeUndefined();
      });
    },
  },
  {
    name: "a mute timing has small letters and numbers of months, and its name once",
    run: async ({ call }, { prefix }) => {
      const name = `${prefix} nights`;
      const interval = {
        times: [{ start_time: "22:00", end_time: "24:00" }],
        weekdays: ["Monday", "tuesday:friday"],
        days_of_month: ["1:5", "-1"],
        months: ["january:march", "5"],
        years: ["2030:2032"],
        location: "Europe/Berlin",
      };
      const made = await call("POST", TIMINGS, { name, time_intervals: [interval] });
      expect([made.status, made.body.time_intervals]).toEqual([
        201,
        [{ ...interval, weekdays: ["monday", "tuesday:friday"], months: ["1:3", "5"] }],
      ]);
      expect((await call("POST", TIMINGS, { name, time_intervals: [] })).status).toBe(400);
      const path = `${TIMINGS}/${encodeURIComponent(name)}`;
      const other = { name, time_intervals: [{ weekdays: ["sunday"] }] };
      expect((await call("PUT", path, other)).status).toBe(202);
      expect((await call("GET", path)).body).toMatchObject({ ...other, provenance: "api" });
      expect((await call("DELETE", path)).status).toBe(204);
      expect((await call("GET", path)).status).toBe(404);
      expect((await call("DELETE", path)).status).toBe(204);
    },
  },
  {
    name: "a mute timing with a time, a day or a place that is none is bad request data",
    run: async ({ call }, { prefix }) => {
      for (const interval of [
        { times: [{ start_time: "25:00", end_time: "26:00" }] },
        { weekdays: ["someday"] },
        { days_of_month: ["32"] },
        { months: ["decembruary"] },
        { location: "Nowhere/City" },
      ]) {
        const body = { name: `${prefix} bad`, time_intervals: [interval] };
        const reply = await call("POST", TIMINGS, body);
        expect([interval, reply.status]).toEqual([interval, 400]);
      }
    },
  },
  {
    name: "a mute timing that the policy names is not deleted: 409",
    run: async (grafana, { prefix }) => {
      const { call } = grafana;
      await call("POST", POINTS, email(prefix));
      const name = `${prefix} used`;
      await call("POST", TIMINGS, { name, time_intervals: [{ weekdays: ["sunday"] }] });
      const receiver = `${prefix} ops`;
      const route = { receiver, object_matchers: [["a", "=", "b"]], mute_time_intervals: [name] };
      await withTree(grafana, { receiver, routes: [route] }, async () => {
        const reply = await call("DELETE", `${TIMINGS}/${encodeURIComponent(name)}`);
        expect(reply.status).toBe(409);
      });
    },
  },
  {
    name: "a template is trimmed, and wrapped where it defines nothing",
    run: async ({ call }, { prefix }) => {
      const plain = await call("PUT", `${TEMPLATES}/${prefix}-plain`, { template: "hello\n" });
      expect([plain.status, plain.body.template]).toEqual([
        202,
        `{{ define "${prefix}-plain" }}\n  hello\n{{ end }}`,
      ]);
      const text = `{{ define "${prefix}.x" }}{{ $a := 1 }}$x \${x}{{ end }}`;
      const defined = await call("PUT", `${TEMPLATES}/${prefix}-own`, {
        template: `\n${text}\n\n`,
      });
      expect(defined.body.template).toBe(text);
      for (const template of ["", "{{ nothing .X }}", "{{ define"]) {
        const reply = await call("PUT", `${TEMPLATES}/${prefix}-bad`, { template });
        expect([template, reply.status]).toEqual([template, 400]);
      }
      const list = await call("GET", TEMPLATES);
      expect(list.body).toContainEqual(
        expect.objectContaining({ name: `${prefix}-own`, template: text, provenance: "api" }),
      );
      for (const name of ["plain", "own", "none"]) {
        expect((await call("DELETE", `${TEMPLATES}/${prefix}-${name}`)).status).toBe(204);
      }
      expect((await call("GET", `${TEMPLATES}/${prefix}-own`)).status).toBe(404);
    },
  },
  {
    name: "of writes at once each that is answered well is stored, and the others are 409 or 500",
    run: async ({ call, profile }, { prefix }) => {
      const replies = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          call("POST", POINTS, {
            uid: `${prefix}-c${index}`,
            name: `${prefix} c${index}`,
            type: "email",
            settings: { addresses: "a@example.org" },
          }),
        ),
      );
      const list = await call("GET", POINTS);
      const stored = new Set(list.body.map((point: { uid: string }) => point.uid));
      for (const [index, { status }] of replies.entries()) {
        expect([202, profile.configConflictStatus]).toContain(status);
        expect(stored.has(`${prefix}-c${index}`)).toBe(status === 202);
      }
      expect(replies.some(({ status }) => status === 202)).toBe(true);
    },
  },
  {
    name: "the test of a receiver says why it could not be told",
    skip: ({ receiverTest }) => (receiverTest === "apis" ? "moved below /apis in 13" : undefined),
    run: async ({ call }, { prefix }) => {
      const config = { name: prefix, type: "webhook", settings: { url: "http://127.0.0.1:9/" } };
      const reply = await call("POST", "/api/alertmanager/grafana/config/api/v1/receivers/test", {
        receivers: [{ name: prefix, grafana_managed_receiver_configs: [config] }],
      });
      expect(reply.status).toBe(207);
      const [{ grafana_managed_receiver_configs: results }] = reply.body.receivers;
      expect(results[0]).toMatchObject({ status: "failed" });
      expect(results[0].error).toContain("connection refused");
    },
  },
  {
    name: "the list of notifiers says which fields are secret",
    run: async ({ call }) => {
      const { status, body } = await call("GET", "/api/alert-notifiers");
      expect(status).toBe(200);
      const slack = body.find(({ type }: { type: string }) => type === "slack");
      const url = slack.options.find((one: { propertyName: string }) => one.propertyName === "url");
      expect(url).toMatchObject({ secure: true });
    },
  },
];

/** Puts a tree in place of the stored one, and that back. */
async function withTree(
  { call }: { readonly call: Parameters<Case["run"]>[0]["call"] },
  tree: object,
  work: () => Promise<void>,
): Promise<void> {
  const { body: before } = await call("GET", POLICIES);
  expect((await call("PUT", POLICIES, tree)).status).toBe(202);
  try {
    await work();
  } finally {
    await call("DELETE", POLICIES);
    const { provenance, ...stored } = before;
    const isDefault = stored.receiver === "grafana-default-email";
    if (!isDefault) await call("PUT", POLICIES, stored, provenance ? {} : NO_PROVENANCE);
  }
}
