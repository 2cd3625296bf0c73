import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type Context, createContext } from "../../../src/context.ts";
import { createStackTarget } from "../../../src/live/stack/stack-target.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { planChanges } from "../../../src/plan/plan-changes.ts";
import type { ApplyResult } from "../../../src/plan/target.ts";
import { writeExampleApp } from "../../../src/stack/example-app.ts";
import { planStack } from "../../../src/stack/plan.ts";
import { renderAll, renderForContainers } from "../../../src/stack/prepare.ts";
import { writeJson } from "../../../src/stack/state.ts";
import { modelOf } from "../../support/compile-text.ts";
import { recordIo } from "../../support/io.ts";
import { tempDirectory } from "../../support/temp.ts";

const CANARY = "https://hooks.example.org/canary-5d21";
const SPEC = `
contacts: [{name: chat, webhook: "\${env:HOOK_URL}"}]
alerts:
  - name: Payments fail
    log: {service: api, contains: "payment failed"}
    when: more than 5 in 10m
    tell: chat
  - name: Slow answers of the api
    metric: {service: api, signal: p95}
    when: above 1s for 5m
probes: [{name: shop, url: "https://shop.example.org/"}]
`;

/** A stack of which nothing runs: what is written is what there is. */
describe("the stack as a target, while nothing runs", () => {
  let env: NodeJS.ProcessEnv;
  let context: Context;

  beforeEach(() => {
    const root = tempDirectory();
    env = { HOME: root, SIGHTLINE_DATA: join(root, "data"), HOOK_URL: CANARY };
    context = createContext(recordIo(env));
  });

  const targetOf = (text: string) => createStackTarget(context, modelOf(text));
  const planOf = async (text: string, prune = false): Promise<Plan> => {
    const target = targetOf(text);
    const read = await target.readLive(new AbortController().signal);
    if (read.status !== "ok") throw new Error(read.message);
    return planChanges(target, read.live, { prune, adopt: false });
  };
  const applyTo = async (
    text: string,
    options: { prune?: boolean; signal?: AbortSignal } = {},
  ): Promise<ApplyResult> => {
    const target = targetOf(text);
    const signal = options.signal ?? new AbortController().signal;
    const read = await target.readLive(signal);
    if (read.status !== "ok") throw new Error(read.message);
    const plan = planChanges(target, read.live, { prune: options.prune ?? false, adopt: false });
    return target.apply(plan.changes, read.live, () => {}, signal);
  };
  const applied = (path: string): string => join(context.paths.applied, path);
  const rendered = (path: string): string => join(context.paths.config, path);
  const LOKI = "loki/rules/fake/sightline.yaml";
  const ALERTMANAGER = "alertmanager/alertmanager.yml";
  const titles = ({ changes }: Plan): string[] =>
    changes.map(({ action, title }) => `${action} ${title}`);

  it("refuses the specification of another project, whose routes it would replace", async () => {
    const of = (project: string): string => `project: ${project}\n${SPEC}`;
    await applyTo(of("shop"));
    expect((await planOf(of("shop"))).changes).toEqual([]);
    const { blocked } = await planOf(of("blog"));
    expect(blocked).toMatchObject([
      { change: { id: "alertmanager" }, reason: expect.stringContaining('project "shop"') },
    ]);
    expect(readFileSync(applied(ALERTMANAGER), "utf8")).toContain("# Project: shop\n");
  });

  it("has the default alerts already, so that an empty specification adds no rule", async () => {
    const plan = await planOf("{}");
    expect(
      plan.changes.filter(({ kind, action }) => kind === "rule" && action === "create"),
    ).toEqual([]);
  });

  it("holds after an apply what was wanted, and writes nothing the second time", async () => {
    const first = await applyTo(SPEC);
    expect(first.applied.every(({ outcome }) => outcome.status === "done")).toBe(true);
    expect(first.writes).toBeGreaterThan(0);
    const plan = await planOf(SPEC);
    expect(titles(plan)).toEqual([]);
    expect(plan.orphans).toEqual([]);
    expect(await applyTo(SPEC)).toEqual({ applied: [], writes: 0 });
  });

  it("stays so after what was written is rendered by up", async () => {
    await applyTo(SPEC);
    renderAll(context);
    expect(titles(await planOf(SPEC))).toEqual([]);
    expect(renderAll(context)).toEqual([]);
  });

  it("gives the gateway its apps, and the example's page stays beside them", async () => {
    const spec = "apps: [{name: shop-web, key: shop-key-1, origins: [https://shop.example.org]}]";
    const appsOf = (path: string): string[] =>
      JSON.parse(readFileSync(path, "utf8")).apps.map(
        ({ serviceName }: { serviceName: string }) => serviceName,
      );
    writeExampleApp(context, true);
    renderAll(context);
    expect(titles(await planOf("{}"))).not.toContain("update gateway and apps");
    const plan = await planOf(spec);
    expect(titles(plan)).toContain("update gateway and apps");
    await applyTo(spec);
    expect(appsOf(applied("gateway/gateway.json"))).toEqual(["shop-web"]);
    expect(appsOf(rendered("gateway/gateway.json"))).toEqual(["shop-web", "board-web"]);
    expect(titles(await planOf(spec))).toEqual([]);
    await applyTo(spec.replace("shop.example.org", "www.example.org"));
    expect(readFileSync(rendered("gateway/gateway.json"), "utf8")).toContain("www.example.org");
  });

  it("writes a secret into a file of its owner alone, and nowhere else", async () => {
    await applyTo(SPEC);
    renderAll(context);
    const folder = join(context.paths.data, "secrets/alertmanager");
    const [name = "", ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect(readFileSync(join(folder, name), "utf8")).toBe(CANARY);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readFileSync(rendered(ALERTMANAGER), "utf8")).toContain(join(folder, name));
    const holders = readdirSync(context.paths.data, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path, "utf8").includes(CANARY));
    expect(holders).toEqual([join(folder, name)]);
    expect(JSON.stringify(await planOf(SPEC))).not.toContain(CANARY);
  });

  it("writes nothing at all where a secret is missing, and names every one", async () => {
    context = createContext(recordIo({ ...env, HOOK_URL: undefined }));
    const two = SPEC.replace("contacts: [", 'contacts: [{name: b, slack: "${file:/nowhere/s}"}, ');
    await expect(applyTo(two)).rejects.toThrow(
      /secrets are missing:\n {2}\$\{file:\/nowhere\/s\}: ENOENT\n {2}\$\{env:HOOK_URL\}: the variable is not set|secrets are missing:\n {2}\$\{env:HOOK_URL\}: the variable is not set\n {2}\$\{file:\/nowhere\/s\}: ENOENT/,
    );
    expect(existsSync(context.paths.applied)).toBe(false);
    expect(existsSync(join(context.paths.data, "secrets"))).toBe(false);
  });

  it("keeps a secret whose value is not at hand, and sees one that became another", async () => {
    await applyTo(SPEC);
    const withEnv = (HOOK_URL: string | undefined): void => {
      context = createContext(recordIo({ ...env, HOOK_URL }));
    };
    withEnv(undefined);
    const unknown = await planOf(SPEC);
    expect(titles(unknown)).toEqual([]);
    expect(unknown.unknownSecrets).not.toEqual([]);
    const more = `${SPEC}templates: [{name: mine, text: "x"}]\n`;
    await applyTo(more);
    expect(titles(await planOf(more))).toEqual([]);
    withEnv("https://hooks.example.org/rotated");
    const changed = await planOf(more);
    expect(changed.changes.every(({ properties }) => properties.every((it) => it.isSecret))).toBe(
      true,
    );
    expect(titles(changed)).toContain("update chat");
    await applyTo(more);
    expect(titles(await planOf(more))).toEqual([]);
  });

  it("sees what a person changed by hand, and puts it back", async () => {
    await applyTo(SPEC);
    renderAll(context);
    const text = readFileSync(rendered(LOKI), "utf8");
    writeFileSync(rendered(LOKI), text.replace("> 5\n", "> 6\n"));
    const plan = await planOf(SPEC);
    expect(titles(plan)).toEqual(["update Payments fail", "update applied files"]);
    expect(plan.changes[0]?.properties[0]?.path).toBe('alerts["Payments fail"].query');
    await applyTo(SPEC);
    expect(readFileSync(rendered(LOKI), "utf8")).toBe(text);
  });

  it("sees that a file is gone, and that one cannot be read", async () => {
    await applyTo(SPEC);
    renderAll(context);
    rmSync(applied(LOKI));
    expect(titles(await planOf(SPEC))).toEqual(["update applied files"]);
    rmSync(rendered(LOKI));
    expect(titles(await planOf(SPEC))).toContain("create Payments fail");
    writeFileSync(rendered(LOKI), "groups: [");
    const target = targetOf(SPEC);
    const read = await target.readLive(new AbortController().signal);
    expect(read.status === "ok" && read.live.warnings).toEqual([
      expect.stringContaining(`${LOKI} cannot be understood`),
    ]);
    await applyTo(SPEC);
    expect(titles(await planOf(SPEC))).toEqual([]);
  });

  it("keeps what is no longer wanted until it is asked to delete it", async () => {
    await applyTo(SPEC);
    const less = "contacts: []\n";
    await applyTo(less);
    expect((await planOf(less)).orphans.map(({ title }) => title)).toContain("Payments fail");
    expect(readFileSync(applied(LOKI), "utf8")).toContain("Payments fail");
    await applyTo(less, { prune: true });
    expect(readFileSync(applied(LOKI), "utf8")).not.toContain("Payments fail");
    expect((await planOf(less)).orphans).toEqual([]);
    expect(readdirSync(join(context.paths.data, "secrets/alertmanager"))).toEqual([]);
  });

  it("takes a default alert away that is switched off, without being asked to delete", async () => {
    const off = "default_alerts: {off: [crash]}\n";
    expect((await planOf(off)).orphans).toEqual([]);
    await applyTo(off);
    expect(readFileSync(applied(LOKI), "utf8")).not.toContain("alert: Crash\n");
    expect(titles(await planOf(off))).toEqual([]);
    await applyTo("{}");
    expect(readFileSync(applied(LOKI), "utf8")).toContain("alert: Crash\n");
  });

  it("leaves the files of the user alone", async () => {
    const provisioning = join(tempDirectory(), "provisioning");
    for (const tool of ["loki/rules/fake", "prometheus/rules", "alertmanager", "blackbox"]) {
      mkdirSync(join(provisioning, tool), { recursive: true });
    }
    const own = "groups:\n  - name: mine\n    rules: [{alert: Mine, expr: up == 0}]\n";
    writeFileSync(join(provisioning, "prometheus/rules/mine.yaml"), own);
    const routes = "route: {receiver: me}\nreceivers: [{name: me}] # by hand\n";
    writeFileSync(join(provisioning, ALERTMANAGER), routes);
    context = createContext(recordIo({ ...env, SIGHTLINE_PROVISIONING: provisioning }));
    const target = targetOf(SPEC);
    const read = await target.readLive(new AbortController().signal);
    if (read.status !== "ok") throw new Error(read.message);
    const plan = planChanges(target, read.live, { prune: true, adopt: false });
    expect(plan.blocked.map(({ change }) => change.title)).toContain("routes of alerts");
    const rules = plan.changes.filter(({ kind }) => kind === "rule");
    await target.apply(rules, read.live, () => {}, new AbortController().signal);
    expect(existsSync(applied(ALERTMANAGER))).toBe(false);
    expect(existsSync(applied(LOKI))).toBe(true);
    expect(plan.foreign).toBeGreaterThanOrEqual(1);

    const adopting = planChanges(target, read.live, { prune: false, adopt: true });
    expect(adopting.blocked).toEqual([]);
    await target.apply(adopting.changes, read.live, () => {}, new AbortController().signal);
    const text = readFileSync(applied(ALERTMANAGER), "utf8");
    expect(text).toContain("name: me\n");
    expect(text).toContain("name: chat\n");
    expect(titles(await planOf(SPEC))).toEqual([]);
  });

  it("keeps the ports that up was given, also from a shell that has others", async () => {
    const withPort = (port: string): Context =>
      createContext(recordIo({ ...env, SIGHTLINE_PORT_LOKI: port }));
    context = withPort("13100");
    renderAll(context);
    writeJson(context.paths.spec, planStack(context, "embedded", false));
    const targets = readFileSync(rendered("prometheus/targets/loki.json"), "utf8");
    expect(targets).toContain("127.0.0.1:13100");
    context = withPort("3100");
    await applyTo(SPEC);
    expect(readFileSync(rendered("prometheus/targets/loki.json"), "utf8")).toBe(targets);
    expect(titles(await planOf(SPEC))).toEqual([]);
  });

  it("writes nothing once it was interrupted", async () => {
    const controller = new AbortController();
    controller.abort();
    const result = await applyTo(SPEC, { signal: controller.signal });
    expect(result.writes).toBe(0);
    expect(result.applied.every(({ outcome }) => outcome.status === "skipped")).toBe(true);
    expect(existsSync(context.paths.applied)).toBe(false);
  });

  it("keeps Docker's names and places in the files that containers read, and lets them read", async () => {
    await applyTo(SPEC);
    renderForContainers(context);
    const path = join(context.paths.containerConfig, ALERTMANAGER);
    expect(readFileSync(path, "utf8")).toContain("/etc/sightline/secrets/");
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(statSync(join(context.paths.containerConfig, "alertmanager")).mode & 0o777).toBe(0o755);
    const probes = join(context.paths.containerConfig, "prometheus/targets/probes.sightline.json");
    expect(readFileSync(probes, "utf8")).toContain("blackbox:9115");
  });
});
