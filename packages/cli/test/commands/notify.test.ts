import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Grafana,
  type GrafanaOptions,
  startGrafana,
} from "../../../../test/harness/grafana/grafana.ts";
import { run } from "../../src/run.ts";
import { CANARY, createGrafanaProject, type GrafanaProject } from "../support/grafana-project.ts";
import { recordIo } from "../support/io.ts";

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(
  options: GrafanaOptions,
): Promise<{ grafana: Grafana; project: GrafanaProject }> {
  const grafana = await startGrafana(options);
  ends.push(grafana.close);
  const project = createGrafanaProject(grafana);
  ends.push(project.remove);
  return { grafana, project };
}

describe("sightline notify by Grafana", () => {
  it.each(["11.6.0", "12.4.0", "13.0.0"])(
    "sends by the receiver of the file, with its secret, and says delivered: %s",
    async (version) => {
      const sent: unknown[] = [];
      const { project } = await start({
        version,
        deliver: async (integration) => {
          sent.push(integration);
          return undefined;
        },
      });
      expect((await project.run(["apply", "--yes"])).code).toBe(0);
      const result = await project.run(["notify", "chat"]);
      expect(result).toMatchObject({ code: 0, err: "" });
      expect(result.out).toMatch(/✓ Slack: test message delivered/);
      expect(sent).toEqual([{ type: "slack", settings: expect.objectContaining({ url: CANARY }) }]);
    },
  );

  it("says what the other side said and what to do, and shows no secret", async () => {
    const { project } = await start({
      deliver: async () => `Post "${CANARY}": 404 no_team ${CANARY}`,
    });
    await project.run(["apply", "--yes"]);
    const text = await project.run(["notify", "chat"]);
    expect(text.code).toBe(1);
    expect(text.out).toContain("✗ Slack: ");
    expect(text.out).toContain("make a new one");
    const json = await project.run(["notify", "chat", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({
      contact: "chat",
      ways: [
        { type: "slack", status: "failed", advice: expect.stringContaining("make a new one") },
      ],
    });
    expect(text.out + text.err + json.out + json.err).not.toContain("CANARY");
  });

  it("names the server's own mail settings where Grafana has none", async () => {
    const { project } = await start({
      deliver: async () => "SMTP not configured, check your grafana.ini",
    });
    await project.run(["apply", "--yes"]);
    expect((await project.run(["notify", "ops"])).out).toContain("GF_SMTP_HOST");
  });

  it("sends nothing before the contact is applied", async () => {
    const { grafana, project } = await start({});
    const result = await project.run(["notify", "chat"]);
    expect(result.code).toBe(1);
    expect(result.err).toContain("not yet in Grafana");
    expect(result.err).toContain("apply");
    expect(grafana.requests.some(({ path }) => path.endsWith("/test"))).toBe(false);
  });

  it("names a missing secret, an unknown contact and a wrong time before it asks anybody", async () => {
    const { grafana, project } = await start({});
    const unset = await project.run(["notify", "chat"], { env: { SLACK_WEBHOOK_URL: "" } });
    expect(unset).toMatchObject({ code: 1 });
    expect(unset.err).toContain("${env:SLACK_WEBHOOK_URL}: the variable is empty");
    const unknown = await project.run(["notify", "chta"]);
    expect(unknown).toMatchObject({ code: 64 });
    expect(unknown.err).toContain('there is no contact "chta"');
    const time = await project.run(["notify", "chat", "--timeout", "soon"]);
    expect(time).toMatchObject({ code: 64 });
    expect(grafana.requests).toEqual([]);
  });

  it("tells a refused token from a server that does not answer", async () => {
    const { grafana, project } = await start({});
    await project.run(["apply", "--yes"]);
    const refused = await project.run(["notify", "chat"], { env: { GRAFANA_TOKEN: "glsa_wrong" } });
    expect(refused.code).toBe(6);
    await grafana.close();
    ends.shift();
    const gone = await project.run(["notify", "chat"]);
    expect(gone.code).toBe(8);
    expect(gone.err).toContain("nothing listens");
  });
});

describe("sightline notify by the stack", () => {
  it("says that nothing runs, with the next command", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sightline-notify-"));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "sightline.yaml");
    writeFileSync(file, "contacts: [{name: hook, webhook: 'http://127.0.0.1:9/'}]\n");
    const io = recordIo({ SIGHTLINE_DATA: folder, HOME: folder });
    expect(await run(["notify", "hook", "--file", file], io)).toBe(8);
    expect(io.stderr()).toContain("Alertmanager does not run");
    expect(io.stderr()).toContain("up");
  });

  it("reports the faults of the file with their places", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sightline-notify-"));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "sightline.yaml");
    writeFileSync(file, "contacts:\n  - {name: hook, webhok: 'http://127.0.0.1:9/'}\n");
    const io = recordIo({ SIGHTLINE_DATA: folder, HOME: folder });
    expect(await run(["notify", "hook", "--file", file], io)).toBe(3);
    expect(io.stderr()).toContain(":2:18: error: ");
    expect(io.stderr()).toContain('did you mean "webhook"?');
  });
});
