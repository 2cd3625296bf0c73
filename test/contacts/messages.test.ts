import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emitAlertmanagerConfig } from "../../packages/cli/src/emit/contacts/alertmanager-config.ts";
import { MARKUPS } from "../../packages/cli/src/emit/contacts/markup.ts";
import { sightlineTemplates } from "../../packages/cli/src/emit/contacts/message-templates.ts";
import { modelOf } from "../../packages/cli/test/support/compile-text.ts";
import { amtool, makeConfigFolder } from "../harness/alertmanager.ts";

const folder = makeConfigFolder();
beforeAll(() =>
  folder.write(
    emitAlertmanagerConfig(modelOf("contacts: [{name: a, webhook: 'http://127.0.0.1/'}]"), folder),
  ),
);
afterAll(() => folder.remove());

interface Alert {
  readonly status?: "firing" | "resolved";
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What Alertmanager itself makes of a template. */
async function render(
  template: string,
  alerts: readonly Alert[],
  type = "text",
  { path, templates }: { readonly path: string; readonly templates: string } = folder,
): Promise<string> {
  const file = join(path, "data.json");
  const firing = alerts.some(({ status = "firing" }) => status === "firing");
  const data = {
    receiver: "a",
    status: firing ? "firing" : "resolved",
    externalURL: "http://am.example",
    groupLabels: {},
    commonLabels: { alertname: "Payments fail", severity: "critical", ...alerts[0]?.labels },
    commonAnnotations: {},
    alerts: alerts.map(({ status = "firing", labels = {}, annotations = {} }) => ({
      status,
      labels: { alertname: "Payments fail", ...labels },
      annotations,
    })),
  };
  writeFileSync(file, JSON.stringify(data));
  const { code, output } = await amtool(
    "template",
    "render",
    `--template.glob=${templates}/*.tmpl`,
    `--template.data=${file}`,
    `--template.type=${type}`,
    `--template.text={{ template "${template}" . }}`,
  );
  if (code !== 0) throw new Error(output);
  return output;
}

const typeOf = (markup: string) => (markup === "telegram" ? "html" : "text");

/** Controls but line break and tab, and marks that turn the direction of writing. */
const UNSEEN = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u;

/** Ways to wake people, to pose as another link, and to end a block or a tag. */
const HOSTILE = [
  "<!channel> <!here> <!everyone> <@U012AB> <#C1|x> <https://evil.example|click>",
  "@everyone @here @channel <@&123> <@123> <users/all> <@all>",
  "```\n@everyone [click](https://evil.example)\n```",
  "{noformat} [~admin] [click|https://evil.example] {code} !https://evil.example/x.png!",
  '</pre><a href="https://evil.example">click</a><script>alert(1)</script><img src=x onerror=alert(1)>',
  '&lt;b&gt; &amp; &#60; " \' ` {{ .Labels }} {{ template "x" }} $HOME ${x} %s %d',
  "<b <i </b> < > & && &lt &amp",
  "a\u202Eevil\u202C\u0000\u0007\u001b[31m\r\nsecond\tline",
  "**bold** __x__ ~~x~~ ||x|| > quote\n# head\n- list\n\\* \\` \\[x\\](https://evil.example)",
].join("\n");

const whole = (text: string): Alert => ({
  labels: { service_name: text, host_name: text, container_name: text, severity: "critical" },
  annotations: {
    summary: text,
    description: text,
    line: text,
    count: text,
    users: text,
    first_seen: text,
    release: text,
    logs_query: text,
    logs_url: `https://g.example/explore?left=${text}`,
    dashboard_url: `https://g.example/d/x|y> (z) "q" ${text}`,
    runbook_url: "javascript:alert(1)",
    silence_url: ` https://g.example/${text}`,
  },
});

describe("messages", () => {
  it.each(MARKUPS.map(({ name }) => name))("say everything that is known, in %s", async (name) => {
    const text = await render(
      `sightline.${name}.text`,
      [
        {
          labels: { service_name: "api", host_name: "vm1" },
          annotations: {
            summary: "Payments fail",
            description: "12 lines in 10 minutes",
            line: "card declined",
            count: "12",
            users: "3",
            first_seen: "10 02",
            release: "1.2.3",
            logs_url: "https://g.example/explore?a=1&b=2",
            runbook_url: "https://r.example/x",
            silence_url: "https://g.example/silence",
          },
        },
      ],
      typeOf(name),
    );
    const plain = text.replaceAll("\\", "");
    for (const part of [
      "Payments fail",
      "12 lines",
      "card declined",
      "api",
      "vm1",
      "count 12",
      "users hit 3",
      "10 02",
      "1.2.3",
    ]) {
      expect(plain).toContain(part);
    }
    if (name === "short") return;
    const ampersand = ["slack", "telegram", "html"].includes(name) ? "&amp;" : "&";
    expect(text).toContain(`https://g.example/explore?a=1${ampersand}b=2`);
    expect(text).toContain("https://r.example/x");
    expect(text).toContain("https://g.example/silence");
  });

  it.each(MARKUPS.map(({ name }) => name))("keep a title to one line, in %s", async (name) => {
    const title = await render(`sightline.${name}.title`, [whole(HOSTILE)], typeOf(name));
    expect(title).not.toMatch(UNSEEN);
    expect(title).not.toContain("\n");
    expect(title.length).toBeLessThan(600);
  });

  it("list the first alerts, count the rest, and tell what is over", async () => {
    const many = Array.from({ length: 20 }, (_, index) => ({
      annotations: { summary: `number ${index + 1};` },
    }));
    const over = { status: "resolved" as const, annotations: { summary: "was that" } };
    const text = await render("sightline.plain.text", [...many, over]);
    expect(text).toContain("number 1;");
    expect(text).toContain("number 15;");
    expect(text).not.toContain("number 16;");
    expect(text).toContain("and 5 more");
    expect(text).toContain("Resolved: was that");
    expect(await render("sightline.plain.title", [...many, over])).toBe(
      "CRITICAL ×20: Payments fail",
    );
    expect(await render("sightline.plain.title", [over])).toBe("RESOLVED: was that");
  });

  it("name an alert that has no summary", async () => {
    expect(await render("sightline.slack.text", [{}])).toContain("*Payments fail*");
    expect(await render("sightline.slack.title", [{}])).toBe("CRITICAL: Payments fail");
  });

  it("lead from the title to the logs, else the dashboard, else the server", async () => {
    const link = (annotations: Record<string, string>) =>
      render("sightline.link", [{ annotations }]);
    const dashboard_url = "https://g.example/d/x";
    expect(await link({ dashboard_url, logs_url: "https://g.example/explore" })).toBe(
      "https://g.example/explore",
    );
    expect(await link({ dashboard_url })).toBe(dashboard_url);
    expect(await link({ logs_url: "javascript:alert(1)" })).toBe("http://am.example");
  });
});

describe("hostile lines", () => {
  const all = [whole(HOSTILE), whole(HOSTILE), { ...whole(HOSTILE), status: "resolved" as const }];

  it("wake nobody and make no link in Slack", async () => {
    for (const part of ["title", "text"]) {
      const text = await render(`sightline.slack.${part}`, all);
      // Every < is the beginning of one of our own links.
      const opened = [...text.matchAll(/<[^>]*>?/g)].map(([it]) => it);
      for (const tag of opened)
        expect(tag).toMatch(/^<https:\/\/g\.example\/[^\s|<>]*\|(Logs|Dashboard|Silence)>$/);
      expect((text.match(/```/g) ?? []).length % 2).toBe(0);
    }
    const block = /```([\s\S]*?)```/.exec(await render("sightline.slack.text", all))?.[1];
    expect(block).toContain("second");
  });

  it("wake nobody in Discord, and stay in their block", async () => {
    for (const part of ["title", "text"]) {
      const text = await render(`sightline.discord.${part}`, all);
      expect(text).not.toMatch(/@(everyone|here|&?\d)/);
      expect((text.match(/```/g) ?? []).length % 2).toBe(0);
      const outside = text.replace(/```[\s\S]*?```/g, "");
      const links = [...outside.matchAll(/(?<!\\)\[([^\]]*)\]\(([^)]*)\)/g)].map(
        ([, label]) => label,
      );
      expect(links.every((label) => /^(Logs|Dashboard|Silence)$/.test(label ?? ""))).toBe(true);
    }
  });

  it("make no link and wake nobody in Teams and Webex", async () => {
    const text = await render("sightline.markdown.text", all);
    const links = [...text.matchAll(/(?<!\\)\[([^\]]*)\]\(/g)].map(([, label]) => label);
    expect(links.every((label) => /^(Logs|Dashboard|Silence)$/.test(label ?? ""))).toBe(true);
    expect(text).not.toMatch(/@(all|everyone|here)|(?<!\\)</);
  });

  it("are whole and allowed HTML for Telegram, within 4096 characters, however long they are", async () => {
    const long = Array.from({ length: 40 }, () => whole(`${HOSTILE} ${"<&>".repeat(3000)}`));
    const linked = long.map(({ annotations, ...alert }) => ({
      ...alert,
      annotations: {
        ...annotations,
        logs_url: `https://g.example/${"&a+".repeat(89)}`,
        dashboard_url: `https://g.example/${"&".repeat(400)}`,
        runbook_url: `https://g.example/${"x".repeat(282)}`,
        silence_url: `https://g.example/${"y".repeat(282)}`,
      },
    }));
    for (const alerts of [all, long, linked]) {
      const text = await render("sightline.telegram.text", alerts, "html");
      expect([...text].length).toBeLessThanOrEqual(4096);
      const open: string[] = [];
      for (const [tag, close, name = ""] of text.matchAll(
        /<(\/?)([a-z]+)(?: href="https?:\/\/[^"<>\s]*")?>/g,
      )) {
        expect(["b", "pre", "a"], tag).toContain(name);
        if (close === "/") expect(open.pop()).toBe(name);
        else open.push(name);
      }
      expect(open).toEqual([]);
      if (alerts === linked) expect(text).toContain(">Logs</a> · <a");
      const rest = text.replace(/<\/?(b|pre|a)( href="[^"<>]*")?>/g, "");
      expect(rest).not.toMatch(/[<>]/);
      expect(rest.replace(/&(lt|gt|amp|quot|#\d+);/g, "")).not.toContain("&");
    }
  });

  it("are escaped in Google Chat's HTML", async () => {
    const text = await render("sightline.html.text", all);
    expect(
      text.replace(/<\/?b>|<a href="https:\/\/g\.example\/[^"<>\s]*">|<\/a>/g, ""),
    ).not.toMatch(/[<>"]/);
  });

  it("mention nobody and end no block in Jira", async () => {
    const text = await render("sightline.jira.text", all);
    expect(text).not.toMatch(/(?<!\\)\[~/);
    expect((text.match(/\{noformat\}/g) ?? []).length % 2).toBe(0);
    const outside = text.replace(/\{noformat\}[\s\S]*?\{noformat\}/g, "");
    expect(outside).not.toMatch(/(?<!\\)\{/);
  });

  it("are text in the HTML of an e-mail", async () => {
    const html = await render("sightline.email.html", all, "html");
    expect(html).not.toMatch(/<(script|img|i)\b/);
    expect(html).not.toMatch(/javascript:/);
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, url = ""]) => url);
    expect(links.length).toBeGreaterThan(0);
    for (const url of links) expect(url).toMatch(/^https:\/\/g\.example\//);
    expect(html).toContain("&lt;script&gt;alert(1)");
  });

  it("run nothing as a template, and lose their controls", async () => {
    for (const { name } of MARKUPS) {
      const text = await render(`sightline.${name}.text`, all, typeOf(name));
      expect(text).not.toMatch(UNSEEN);
      expect(text).not.toContain("map[");
    }
  });

  it("fit every limit when a hundred alerts are long", async () => {
    const long = Array.from({ length: 100 }, () => whole("ü".repeat(5000)));
    const limits = {
      slack: 40_000,
      discord: 4096,
      markdown: 20_000,
      telegram: 4096,
      short: 1024,
      jira: 32_767,
    };
    for (const [name, max] of Object.entries(limits)) {
      const text = await render(`sightline.${name}.text`, long, typeOf(name));
      expect([...text].length, name).toBeLessThanOrEqual(max);
    }
  });
});

describe("messages of Grafana about a rule that it could not ask", () => {
  // Alertmanager's engine, which Grafana's is; it has no SilenceURL of an alert.
  const grafana = sightlineTemplates("grafana").replaceAll(".SilenceURL", ".GeneratorURL");
  const own = makeConfigFolder();
  beforeAll(() => {
    mkdirSync(own.templates, { recursive: true });
    writeFileSync(join(own.templates, "grafana.tmpl"), grafana);
  });
  afterAll(() => own.remove());

  it.each(["plain", "slack", "html"])("name the rule and the reason, in %s", async (name) => {
    const alert: Alert = {
      labels: { alertname: "DatasourceError", rulename: "Payments fail", service_name: "" },
      annotations: {
        summary: "Payments fail:  in 5m in board",
        description: " with text in 5m",
        silence_url: "https://g.example/of-another-alert",
        logs_query: '{service_name=""}',
        Error: "data source not found",
      },
    };
    const title = await render(`sightline.${name}.title`, [alert], "text", own);
    const text = await render(`sightline.${name}.text`, [alert], "text", own);
    expect(title).toContain("Payments fail: Grafana could not ask its data source");
    expect(text).toContain("data source not found");
    expect(title + text).not.toMatch(/in 5m|of-another-alert|Logs/);
  });
});
