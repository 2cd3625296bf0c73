import { expect } from "vitest";
import {
  type Case,
  created,
  firingRule,
  NO_PROVENANCE,
  PROVISIONING,
  query,
  rule,
} from "./cases.ts";

const RULES = `${PROVISIONING}/alert-rules`;

export const RULE_CASES: readonly Case[] = [
  {
    name: "a rule gets intervalMs and maxDataPoints, provenance api, and lies in the list",
    run: async ({ call }, own) => {
      const { status, body } = await call("POST", RULES, rule(own));
      expect(status).toBe(201);
      expect(body).toMatchObject({
        uid: `${own.prefix}-r`,
        orgID: 1,
        provenance: "api",
        for: "5m",
      });
      expect(body.data[0].model).toEqual({
        expr: "up",
        instant: true,
        intervalMs: 1000,
        maxDataPoints: 43_200,
        range: false,
        refId: "A",
      });
      expect(body.data[1]).toMatchObject({ queryType: "", relativeTimeRange: { from: 0, to: 0 } });
      const list = await call("GET", RULES);
      const found = list.body.find((one: { uid: string }) => one.uid === `${own.prefix}-r`);
      expect(found).toMatchObject({ provenance: "api", title: `${own.prefix} rule` });
      expect(found).not.toHaveProperty("interval");
    },
  },
  {
    name: "a duration comes back in its shortest form",
    run: async ({ call }, own) => {
      const { body } = await call("POST", RULES, rule(own, { for: "90m" }));
      expect(body.for).toBe("1h30m");
    },
  },
  {
    name: "a wrong uid, an empty title and no data are refused with 400 and say so",
    run: async ({ call }, own) => {
      const bad = await call("POST", RULES, rule(own, { uid: "a b" }));
      expect(bad.status).toBe(400);
      expect(bad.body.message).toContain("Only letters, numbers, '-' and '_' are allowed");
      const long = await call("POST", RULES, rule(own, { uid: "x".repeat(41) }));
      expect(long.status).toBe(400);
      expect(long.body.message).toContain("longer than 40 symbols");
      const untitled = await call("POST", RULES, rule(own, { title: "" }));
      expect([untitled.status, untitled.body.message]).toEqual([
        400,
        "invalid alert rule: title is empty",
      ]);
      const empty = await call("POST", RULES, rule(own, { data: [] }));
      expect(empty.status).toBe(400);
      const title = await call("POST", RULES, rule(own, { title: "t".repeat(191) }));
      expect(title.status).toBe(400);
    },
  },
  {
    name: "a duration that is none, and a body that is no JSON, are bad request data",
    run: async ({ call }, own) => {
      for (const body of [rule(own, { for: "-5m" }), rule(own, { for: 300 }), "{bad"]) {
        const reply = await call("POST", RULES, body);
        expect([reply.status, reply.body.message]).toEqual([400, "bad request data"]);
      }
    },
  },
  {
    name: "a state that is none is refused",
    run: async ({ call }, own) => {
      const reply = await call("POST", RULES, rule(own, { noDataState: "Foo" }));
      expect(reply.status).toBeGreaterThanOrEqual(400);
    },
  },
  {
    name: "a second rule of the same uid is refused with 400",
    run: async ({ call, profile }, own) => {
      await call("POST", RULES, rule(own));
      const twin = await call("POST", RULES, rule(own, { title: `${own.prefix} other` }));
      expect(twin.status).toBe(profile.hasUniqueTitles ? 400 : twin.status);
      expect(twin.status).toBeGreaterThanOrEqual(400);
    },
  },
  {
    name: "two rules of one folder may have one title since 12.0, and not before",
    run: async ({ call, profile }, own) => {
      await call("POST", RULES, rule(own));
      const twin = await call("POST", RULES, rule(own, { uid: `${own.prefix}-r2` }));
      expect(twin.status).toBe(profile.hasUniqueTitles ? 400 : 201);
      if (profile.hasUniqueTitles) expect(twin.body.message).toContain("should be unique");
    },
  },
  {
    name: "a rule in a folder that is not there is refused since 11.0",
    run: async ({ call, profile }, own) => {
      const reply = await call("POST", RULES, rule(own, { folderUID: `${own.prefix}-none` }));
      expect(reply.status).toBe(profile.checksRuleFolder ? 400 : 201);
      await call("DELETE", `${RULES}/${own.prefix}-r`);
    },
  },
  {
    name: "a PUT of a rule that is not there is 404, a DELETE is 204",
    run: async ({ call }, own) => {
      expect((await call("PUT", `${RULES}/${own.prefix}-none`, rule(own))).status).toBe(404);
      expect((await call("GET", `${RULES}/${own.prefix}-none`)).status).toBe(404);
      expect((await call("DELETE", `${RULES}/${own.prefix}-none`)).status).toBe(204);
    },
  },
  {
    name: "X-Disable-Provenance disables by being there, whatever it says",
    run: async ({ call }, own) => {
      const made = await call("POST", RULES, rule(own), NO_PROVENANCE);
      expect(made.status).toBe(201);
      expect(made.body.provenance ?? "").toBe("");
    },
  },
  {
    name: "what has provenance api cannot lose it by a PUT, and what has none may get it",
    run: async ({ call }, own) => {
      await call("POST", RULES, rule(own), NO_PROVENANCE);
      const taken = await call("PUT", `${RULES}/${own.prefix}-r`, rule(own));
      expect([taken.status, taken.body.provenance]).toEqual([200, "api"]);
      const lost = await call("PUT", `${RULES}/${own.prefix}-r`, rule(own), NO_PROVENANCE);
      expect(lost.status).toBeGreaterThanOrEqual(400);
      const read = await call("GET", `${RULES}/${own.prefix}-r`);
      expect(read.body.provenance).toBe("api");
    },
  },
  {
    name: "dollars of labels, annotations and models come back as they were sent",
    run: async ({ call }, own) => {
      const text = "$x ${x} $$ {{ $labels.a }} foo$";
      const sent = rule(own, {
        labels: { a: text },
        annotations: { summary: text },
        data: [query("C", `up{a=~"${text.replaceAll('"', "")}"}`)],
      });
      await call("POST", RULES, sent);
      const { body } = await call("GET", `${RULES}/${own.prefix}-r`);
      expect([body.labels.a, body.annotations.summary]).toEqual([text, text]);
      expect(body.data[0].model.expr).toContain(text);
    },
  },
  {
    name: "keep_firing_for is kept since 12.0 and dropped without a word before",
    run: async ({ call, profile }, own) => {
      const { status, body } = await call("POST", RULES, rule(own, { keep_firing_for: "5m" }));
      expect(status).toBe(201);
      expect(body.keep_firing_for).toBe(profile.hasKeepFiring ? "5m" : undefined);
    },
  },
  {
    name: "a group has its interval by a PUT without rules, and keeps them",
    run: async (grafana, own) => {
      const { call } = grafana;
      await created(grafana, rule(own));
      const path = `${PROVISIONING}/folder/${own.folder}/rule-groups/${encodeURIComponent(`${own.prefix} group`)}`;
      expect((await call("PUT", path, { interval: 25 })).status).toBe(400);
      const reply = await call("PUT", path, { interval: 30 });
      expect([reply.status, reply.body.rules]).toEqual([200, null]);
      const group = await call("GET", path);
      expect(group.body).toMatchObject({ interval: 30, folderUid: own.folder });
      expect(group.body.rules).toHaveLength(1);
      const exported = await call("GET", `${RULES}/export?format=json&folderUid=${own.folder}`);
      expect(exported.body.groups[0]).toMatchObject({
        interval: "30s",
        name: `${own.prefix} group`,
      });
    },
  },
  {
    name: "a new rule of a group has the group's interval",
    run: async (grafana, own) => {
      await created(grafana, rule(own));
      const group = encodeURIComponent(`${own.prefix} group`);
      const path = `${PROVISIONING}/folder/${own.folder}/rule-groups/${group}`;
      await grafana.call("PUT", path, { interval: 120 });
      await created(grafana, rule(own, { uid: `${own.prefix}-r2`, title: `${own.prefix} second` }));
      expect((await grafana.call("GET", path)).body).toMatchObject({ interval: 120 });
    },
  },
  {
    name: "a group with a slash in its name is one part of the path",
    run: async (grafana, own) => {
      await created(grafana, rule(own, { ruleGroup: `${own.prefix} a/b` }));
      const path = `${PROVISIONING}/folder/${own.folder}/rule-groups/${encodeURIComponent(`${own.prefix} a/b`)}`;
      const { status, body } = await grafana.call("GET", path);
      expect([status, body.title]).toEqual([200, `${own.prefix} a/b`]);
    },
  },
  {
    name: "new rules with uids in the PUT of a group are 500 before 11.6",
    run: async ({ call, profile }, own) => {
      const path = `${PROVISIONING}/folder/${own.folder}/rule-groups/${own.prefix}-new`;
      const reply = await call("PUT", path, { interval: 60, rules: [rule(own)] });
      expect(reply.status).toBe(profile.createsRulesInGroup ? 200 : 500);
    },
  },
  {
    name: "the PUT of a group deletes the rules that it does not name",
    run: async (grafana, own) => {
      await created(grafana, rule(own));
      await created(grafana, rule(own, { uid: `${own.prefix}-r2`, title: `${own.prefix} two` }));
      const group = encodeURIComponent(`${own.prefix} group`);
      const path = `${PROVISIONING}/folder/${own.folder}/rule-groups/${group}`;
      const reply = await grafana.call("PUT", path, { interval: 60, rules: [rule(own)] });
      expect(reply.status).toBe(200);
      expect((await grafana.call("GET", `${RULES}/${own.prefix}-r2`)).status).toBe(404);
    },
  },
  {
    name: "the export doubles dollars of labels since 11.4, and never those of annotations",
    run: async (grafana, own) => {
      await created(grafana, rule(own, { labels: { a: "$x" }, annotations: { b: "$x" } }));
      const { body } = await grafana.call(
        "GET",
        `${RULES}/export?format=json&folderUid=${own.folder}`,
      );
      expect(body.groups[0].rules[0]).toMatchObject({
        labels: { a: grafana.profile.doublesDollar ? "$$x" : "$x" },
        annotations: { b: "$x" },
      });
    },
  },
  {
    name: "a rule that fires shows its state, and a changed one begins anew",
    run: async (grafana, own) => {
      await created(grafana, firingRule(own));
      const group = encodeURIComponent(`${own.prefix} group`);
      await grafana.call("PUT", `${PROVISIONING}/folder/${own.folder}/rule-groups/${group}`, {
        interval: 10,
      });
      await grafana.makeFire(`${own.prefix}-r`);
      const changed = { ...firingRule(own), annotations: { summary: "other" }, for: "1h" };
      const reply = await grafana.call("PUT", `${RULES}/${own.prefix}-r`, changed);
      expect(reply.status).toBe(200);
      await expect
        .poll(() => grafana.stateOf(`${own.prefix}-r`, `${own.prefix}-r`), { timeout: 60_000 })
        .not.toBe("firing");
    },
  },
];
