import { afterAll, describe, expect, it } from "vitest";
import { INTEGRATIONS } from "../../packages/cli/src/compile/contacts/integrations.ts";
import { emitAlertmanagerConfig } from "../../packages/cli/src/emit/contacts/alertmanager-config.ts";
import { faultsOf, modelOf } from "../../packages/cli/test/support/compile-text.ts";
import { amtool, makeConfigFolder, readConfig } from "../harness/alertmanager.ts";
import { EVERY_WAY, specOf } from "./every-way.ts";

const folder = makeConfigFolder();
afterAll(() => folder.remove());

/** Types that Alertmanager does not speak; the others must pass its own check. */
const NOT_SPOKEN = INTEGRATIONS.filter(({ alertmanager }) => !("list" in alertmanager)).map(
  ({ type }) => type,
);

async function check(text: string): Promise<string> {
  const model = modelOf(text);
  folder.write(emitAlertmanagerConfig(model, folder));
  const { code, output } = await amtool("check-config", folder.configFile);
  return code === 0 && output.includes("SUCCESS") ? "accepted" : output;
}

describe("the configuration of Alertmanager", () => {
  it("has a case for every way", () => {
    const types = new Set(Object.keys(EVERY_WAY).map((name) => name.split(" ")[0]));
    expect([...types].sort()).toEqual(INTEGRATIONS.map(({ type }) => type).sort());
  });

  it.each(Object.keys(EVERY_WAY))(
    "is accepted with %s, or the contact is refused with advice",
    async (name) => {
      const [type = ""] = name.split(" ");
      if (NOT_SPOKEN.includes(type) || name === "sns by keys") {
        expect(faultsOf(specOf(name)).join("\n")).toContain("contact-not-possible");
        return;
      }
      expect(await check(specOf(name))).toBe("accepted");
      expect(readConfig(folder)).not.toContain("${env:");
    },
  );

  it("is accepted without any contact", async () => {
    expect(await check("alerts: []\n")).toBe("accepted");
  });

  it("is accepted with names, matchers and timings that need quotes", async () => {
    const text = `
contacts:
  - {name: "on", webhook: "http://127.0.0.1:9/a"}
  - {name: "null", webhook: "http://127.0.0.1:9/a"}
  - {name: "12:30", webhook: "http://127.0.0.1:9/a"}
  - {name: "ö [x] .* \\\\ \\" $", webhook: "http://127.0.0.1:9/a"}
mute_timings:
  - name: "no: #x"
    timezone: Europe/Berlin
    intervals:
      - {times: ["22:00-06:00", "12:00-13:00"], weekdays: ["fri-mon", wed]}
      - {days_of_month: ["1:5", -3, "-5:-2"], months: ["nov-feb", 6, "july"], years: [2026, "2027:2030"]}
routes:
  - {match: ['"service.name" =~ "a|b\\\\.c"', 'ü != "x\\"y\\\\z"', 'plain=bare', 'empty=""'], tell: ["on", "12:30"], mute: "no: #x", group_by: ["..."]}
  - {match: {severity: [critical, "a.b*c"]}, tell: "null", continue: true, group_wait: 0s, group_interval: 90s, repeat_interval: 36h}
  - {match: {}, tell: "ö [x] .* \\\\ \\" $", active: "no: #x"}
templates:
  - {name: mine, text: "{{ range .Alerts }}{{ .Labels.alertname }} ünï{{ end }}"}
  - {name: "other one", text: '{{ define "other one" }}x{{ end }}'}
`;
    expect(await check(text)).toBe("accepted");
  });
});
