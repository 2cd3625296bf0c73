import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tellLabel } from "../../packages/cli/src/compile/routes/route-tree.ts";
import { emitAlertmanagerConfig } from "../../packages/cli/src/emit/contacts/alertmanager-config.ts";
import { modelOf } from "../../packages/cli/test/support/compile-text.ts";
import {
  type ConfigFolder,
  makeConfigFolder,
  type RunningAlertmanager,
  startAlertmanager,
} from "../harness/alertmanager.ts";
import { until } from "../harness/until.ts";

/** What came, by the first part of the path. */
const arrived = new Map<string, { readonly url: string; readonly body: string }[]>();
const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    const url = request.url ?? "";
    const way = url.split(/[/?]/)[1] ?? "";
    arrived.set(way, [...(arrived.get(way) ?? []), { url, body }]);
    response.writeHead(["pagerduty", "opsgenie"].includes(way) ? 202 : 200).end("ok");
  });
});

let folder: ConfigFolder;
let alertmanager: RunningAlertmanager;

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const model = modelOf(`
contacts:
  - name: all
    slack: {url: "\${env:SLACK}", username: "\${x} $HOME"}
    discord: "\${env:DISCORD}"
    teams: "\${env:TEAMS}"
    webhook: {url: "\${env:HOOK}", token: "\${env:TOKEN}"}
    pagerduty: {key: "\${env:KEY}", url: "${base}/pagerduty"}
    opsgenie: {key: "\${env:KEY}", url: "${base}/opsgenie"}
    webex: {token: "\${env:TOKEN}", room_id: room, api_url: "${base}/webex"}
    ntfy: "${base}/ntfy"
  - {name: other, webhook: "${base}/other"}
routes:
  - {match: {severity: critical}, tell: other, group_wait: 0s}
`);
  folder = makeConfigFolder();
  folder.write(emitAlertmanagerConfig(model, folder), {
    SLACK: `${base}/slack`,
    DISCORD: `${base}/discord`,
    TEAMS: `${base}/teams`,
    HOOK: `${base}/webhook`,
    KEY: "secret-key",
    TOKEN: "secret-token",
  });
  alertmanager = await startAlertmanager(folder);
});
afterAll(async () => {
  await alertmanager?.stop();
  folder?.remove();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

async function post(labels: Readonly<Record<string, string>>): Promise<void> {
  const annotations = {
    summary: "Payments fail in api",
    line: "card <!channel> @everyone ``` declined",
    logs_url: "https://g.example/explore?a=1&b=2",
  };
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([{ labels, annotations }]),
  });
  expect(answer.status).toBe(200);
}

const bodyOf = (way: string): Promise<string> =>
  until(`a message by ${way}`, () => arrived.get(way)?.[0]?.body);

describe("a real Alertmanager", () => {
  it("tells the contact that an alert names, by each of its ways, and nobody else", async () => {
    await post({ alertname: "Payments fail", severity: "critical", tell: tellLabel(["all"]) });
    const slack = JSON.parse(await bodyOf("slack")) as {
      username: string;
      attachments: { title: string; text: string; title_link: string; color: string }[];
    };
    expect(slack.username).toBe("${x} $HOME");
    expect(slack.attachments[0]).toMatchObject({
      title: "CRITICAL: Payments fail in api",
      title_link: "https://g.example/explore?a=1&b=2",
      color: "danger",
    });
    expect(slack.attachments[0]?.text).toContain(
      "```card &lt;!channel&gt; @everyone ''' declined```",
    );
    expect(slack.attachments[0]?.text).toContain("<https://g.example/explore?a=1&amp;b=2|Logs>");

    const discord = JSON.parse(await bodyOf("discord")) as {
      content: string;
      embeds: { title: string; description: string }[];
    };
    expect(discord.content).toBe("");
    expect(discord.embeds[0]?.title).toBe("CRITICAL: Payments fail in api");
    expect(discord.embeds[0]?.description).toContain("declined");
    expect(discord.embeds[0]?.description).not.toContain("@everyone");

    const teams = JSON.parse(await bodyOf("teams")) as {
      attachments: { content: { body: { text: string }[] } }[];
    };
    expect(teams.attachments[0]?.content.body.map(({ text }) => text).join("\n")).toContain(
      "declined",
    );

    const webhook = JSON.parse(await bodyOf("webhook")) as {
      alerts: { annotations: { line: string } }[];
    };
    expect(webhook.alerts[0]?.annotations.line).toContain("declined");

    const pagerduty = JSON.parse(await bodyOf("pagerduty")) as {
      routing_key: string;
      payload: { summary: string; severity: string; custom_details: { message: string } };
      client: string;
    };
    expect(pagerduty).toMatchObject({
      routing_key: "secret-key",
      client: "Sightline",
      payload: { summary: "CRITICAL: Payments fail in api", severity: "critical" },
    });
    expect(pagerduty.payload.custom_details.message).toContain("declined");

    expect(JSON.parse(await bodyOf("opsgenie"))).toMatchObject({
      message: "CRITICAL: Payments fail in api",
      description: expect.stringContaining("declined"),
      priority: "P1",
      source: "Sightline",
    });
    expect(JSON.parse(await bodyOf("webex"))).toMatchObject({
      roomId: "room",
      markdown: expect.stringContaining("declined"),
    });
    await bodyOf("ntfy");
    expect(decodeURIComponent(arrived.get("ntfy")?.[0]?.url ?? "")).toContain(
      "{{$alert.annotations.line}}",
    );
    // Its own message is out long ago, because its route waits for nothing.
    expect(arrived.get("other")).toBeUndefined();
  });

  it("asks the routes for an alert that names nobody", async () => {
    await post({ alertname: "Other", severity: "critical" });
    expect(await bodyOf("other")).toContain("Payments fail in api");
    expect(arrived.get("slack")).toHaveLength(1);
  });
});
