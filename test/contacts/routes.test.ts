import { afterAll, describe, expect, it } from "vitest";
import { evaluateRoute } from "../../packages/cli/src/compile/routes/evaluate-route.ts";
import { buildRouteTree, tellLabel } from "../../packages/cli/src/compile/routes/route-tree.ts";
import { emitAlertmanagerConfig } from "../../packages/cli/src/emit/contacts/alertmanager-config.ts";
import { modelOf } from "../../packages/cli/test/support/compile-text.ts";
import { amtool, makeConfigFolder } from "../harness/alertmanager.ts";

const folder = makeConfigFolder();
afterAll(() => folder.remove());

const CONTACTS = ["ops", "chat", "pager", "a.b", "x|y"];
const contacts = `contacts: [${CONTACTS.map((name) => `{name: "${name}", webhook: "http://127.0.0.1:9/"}`).join(", ")}]`;

/** Trees that differ in what makes routing hard. */
const SPECS: Readonly<Record<string, string>> = {
  "no routes": "",
  "first match, several contacts, a catch-all": `
routes:
  - {match: {severity: critical}, tell: [pager, ops]}
  - {match: ['service_name=~"api|web.*"'], tell: chat}
  - {match: ['service_name!~"a.*"', 'severity!=""'], tell: "a.b"}
  - {match: {}, tell: "x|y"}
`,
  "routes that go on": `
routes:
  - {match: {severity: critical}, tell: [pager, chat], continue: true}
  - {match: {service_name: [api, "a.b"]}, tell: ops, continue: true}
  - {match: ['host_name=""'], tell: "x|y", continue: true}
  - {match: ['service_name=~".+"'], tell: "a.b"}
`,
  "matchers of every kind": `
routes:
  - {match: ['"service.name"="api"'], tell: pager, priority: 1}
  - {match: ['host_name=~"(?i)VM\\\\d+"'], tell: ops, priority: 200}
  - {match: ['service_name=~"[a-c]pi|w(eb|ww)?"', 'severity=~"crit.*|"'], tell: chat, continue: true}
  - {match: ['host_name!="vm1"', 'host_name!=""'], tell: "a.b"}
  - {match: ['severity=~"^(warning|info)$"'], tell: "x|y"}
`,
};

/** Values that matchers above tell apart, and some that they must not. */
const VALUES: Readonly<Record<string, readonly (string | undefined)[]>> = {
  severity: [undefined, "critical", "warning", "criticals"],
  service_name: [undefined, "api", "web-1", "a.b", "axb", "www", "cpi\nx"],
  host_name: [undefined, "vm1", "VM22", "db"],
  "service.name": [undefined, "api"],
  alertname: ["Slow", "Watchdog"],
  tell: [
    undefined,
    tellLabel(["ops"]),
    tellLabel(["chat", "a.b"]),
    tellLabel(["x|y"]),
    tellLabel(["axb", "gone"]),
  ],
};

/** The same on every run: a small linear congruential generator. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

function makeCases(count: number, seed: number): readonly Readonly<Record<string, string>>[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const entries = Object.entries(VALUES).flatMap(([label, values]) => {
      const value = values[random(values.length)];
      return value === undefined ? [] : [[label, value] as const];
    });
    return Object.fromEntries(entries);
  });
}

async function askAmtool(labels: Readonly<Record<string, string>>): Promise<string> {
  const quote = (text: string) => `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
  const given = Object.entries(labels).map(([label, value]) => {
    const name = /^\w+$/.test(label) ? label : quote(label);
    return `${name}=${quote(value)}`;
  });
  const { code, output } = await amtool(
    "config",
    "routes",
    "test",
    `--config.file=${folder.configFile}`,
    ...given,
  );
  if (code !== 0) throw new Error(output);
  return output.trim();
}

describe("who gets an alert", () => {
  it.each(Object.keys(SPECS))("is decided as by Alertmanager: %s", async (name) => {
    const model = modelOf(`${contacts}\n${SPECS[name]}`);
    folder.write(emitAlertmanagerConfig(model, folder));
    const tree = buildRouteTree(model);
    const differences: string[] = [];
    let reached = 0;
    for (const labels of makeCases(60, name.length)) {
      const ours = evaluateRoute(tree, labels, 0).map(({ contact }) => contact ?? "nobody");
      const theirs = await askAmtool(labels);
      if (ours.join(",") !== theirs)
        differences.push(`${JSON.stringify(labels)}: ${ours} / ${theirs}`);
      reached += ours.length;
    }
    expect(differences).toEqual([]);
    // More than one contact was reached somewhere: the cases are not all alike.
    expect(reached).toBeGreaterThan(60);
  });
});
