import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Model } from "../../packages/cli/src/compile/model.ts";
import { emitAlertmanagerConfig } from "../../packages/cli/src/emit/contacts/alertmanager-config.ts";
import type { NotifyOutcome } from "../../packages/cli/src/notify/delivery.ts";
import { notifyByAlertmanager } from "../../packages/cli/src/notify/notify-by-alertmanager.ts";
import { makeTestAlert } from "../../packages/cli/src/notify/test-alert.ts";
import { modelOf } from "../../packages/cli/test/support/compile-text.ts";
import {
  type ConfigFolder,
  makeConfigFolder,
  type RunningAlertmanager,
  startAlertmanager,
} from "../harness/alertmanager.ts";
import { type MailServer, startMailServer } from "../harness/mail-server.ts";
import { type HttpReceiver, startHttpReceiver } from "./http-receiver.ts";

const PASSWORD = "canary-7f3a-password";
let http: HttpReceiver;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  http = await startHttpReceiver();
});
afterAll(() => http.stop());
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function mailServer(...options: Parameters<typeof startMailServer>): Promise<MailServer> {
  const server = await startMailServer(...options);
  stops.push(server.close);
  return server;
}

async function run(model: Model): Promise<RunningAlertmanager> {
  const folder: ConfigFolder = makeConfigFolder();
  folder.write(emitAlertmanagerConfig(model, folder), { SMTP_PASSWORD: PASSWORD });
  const server = await startAlertmanager(folder);
  stops.push(async () => {
    await server.stop();
    folder.remove();
  });
  return server;
}

async function notify(
  server: RunningAlertmanager,
  model: Model,
  name: string,
  options: { readonly tellsEnd?: boolean; readonly timeoutMillis?: number } = {},
): Promise<NotifyOutcome> {
  const contact = model.contacts.find((it) => it.name === name);
  if (contact === undefined) throw new Error(name);
  const id = randomUUID();
  const { tellsEnd = false, timeoutMillis = 30_000 } = options;
  const result = await notifyByAlertmanager({
    url: server.url,
    contact,
    alert: makeTestAlert({ contact: name, project: "shop", id, host: "vm1", tellsEnd }),
    id,
    tellsEnd,
    timeoutMillis,
    readLog: server.listen(),
    secrets: [PASSWORD],
  });
  if (result.status !== "done") throw new Error(JSON.stringify(result));
  return result.outcome;
}

const mailSpec = (host: string, more = "require_tls: false") => `
contacts: [{name: ops, email: ops@example.org}]
smtp: {host: "${host}", from: alerts@example.org, ${more}}
`;
const LOGIN = 'require_tls: false, username: alerts, password: "${env:SMTP_PASSWORD}"';

/** Status, reason and advice of the only way. */
function only({ ways }: NotifyOutcome): string {
  expect(ways).toHaveLength(1);
  return [ways[0]?.status, ways[0]?.reason, ways[0]?.advice].filter(Boolean).join(" | ");
}

describe("sightline notify with a real Alertmanager", () => {
  it("says delivered when the mail server has the e-mail, and sends one alone", async () => {
    const mail = await mailServer();
    const model = modelOf(mailSpec(mail.address));
    const server = await run(model);
    expect(only(await notify(server, model, "ops"))).toBe("delivered");
    expect(mail.mails).toHaveLength(1);
    expect(mail.mails[0]?.subject).toBe("INFO: Test message of Sightline to ops");
    expect(mail.mails[0]?.text).toContain("Nothing is wrong");
    expect(mail.mails[0]?.html).toContain("Nothing is wrong");
  });

  it("sends the message of the end only when it is asked for", async () => {
    const model = modelOf(`contacts: [{name: hook, webhook: "${http.url}/200"}]`);
    const server = await run(model);
    const before = http.bodies.length;
    const outcome = await notify(server, model, "hook", { tellsEnd: true });
    expect(outcome.ways.map(({ status }) => status)).toEqual(["delivered"]);
    expect(outcome.resolved?.map(({ status }) => status)).toEqual(["delivered"]);
    const states = http.bodies.slice(before).map((body) => (body as { status: string }).status);
    expect(states).toEqual(["firing", "resolved"]);
    await notify(server, model, "hook");
    // A second test, whose first message comes after anything the first test would still send.
    await notify(server, model, "hook");
    const later = http.bodies.slice(before + 2).map((body) => (body as { status: string }).status);
    expect(later).toEqual(["firing", "firing"]);
  });

  it("says what the mail server said to a wrong password, and never the password", async () => {
    const mail = await mailServer({
      authOptional: false,
      onAuth: (_auth, _session, done) => done(new Error(`no such user or password`)),
    });
    const model = modelOf(mailSpec(mail.address, LOGIN));
    const said = only(await notify(await run(model), model, "ops"));
    expect(said).toMatch(/^failed \| .*no such user or password.* \| .*smtp\.password/);
    expect(said).not.toContain(PASSWORD);
  });

  it("masks a password that the other side repeats", async () => {
    const mail = await mailServer({
      authOptional: false,
      onAuth: (auth, _session, done) => done(new Error(`refused ${auth.password}`)),
    });
    const model = modelOf(mailSpec(mail.address, LOGIN));
    const said = only(await notify(await run(model), model, "ops"));
    expect(said).toContain("refused <secret>");
    expect(said).not.toContain(PASSWORD);
  });

  it("says that the recipient is refused", async () => {
    const mail = await mailServer({
      onRcptTo: (address, _session, done) =>
        done(Object.assign(new Error(`no mailbox ${address.address}`), { responseCode: 550 })),
    });
    const model = modelOf(mailSpec(mail.address));
    const said = only(await notify(await run(model), model, "ops"));
    expect(said).toMatch(/^failed \| .*no mailbox ops@example\.org.* \| .*sender or recipient/);
  });

  it("says that nothing listens, and what to check", async () => {
    const mail = await startMailServer();
    await mail.close();
    const model = modelOf(mailSpec(mail.address));
    const said = only(await notify(await run(model), model, "ops"));
    expect(said).toMatch(/^failed \| .*connection refused.* \| .*smtp\.host/);
  });

  it("says that TLS is missing where it is required", async () => {
    const mail = await mailServer();
    const model = modelOf(mailSpec(mail.address, "require_tls: true"));
    const said = only(await notify(await run(model), model, "ops"));
    expect(said).toMatch(/^failed \| .*TLS.* \| .*require_tls: false/);
  });

  it("says after the time that nothing came back from a mail server that hangs", async () => {
    const mail = await mailServer({ onConnect: () => undefined });
    const model = modelOf(mailSpec(mail.address));
    const server = await run(model);
    const outcome = await notify(server, model, "ops", { timeoutMillis: 2000 });
    expect(outcome.ways.map(({ status }) => status)).toEqual(["no-word"]);
  });

  it.each([
    ["404", /^failed \| .*404.* \| .*not there/],
    ["401", /^failed \| .*401.* \| .*refuses the secret/],
    ["500", /^failed \| .*500.* \| .*fault of its own/],
  ])("says what a webhook answered: %s", async (code, expected) => {
    const model = modelOf(`contacts: [{name: hook, webhook: "${http.url}/${code}"}]`);
    const said = only(await notify(await run(model), model, "hook"));
    expect(said).toMatch(expected);
    expect(said).not.toContain(`${http.url}/${code}`);
  });

  it("tells the ways of one contact apart", async () => {
    const model = modelOf(
      `contacts: [{name: both, webhook: ["${http.url}/200", "${http.url}/404", "${http.url}/200"]}]`,
    );
    const { ways } = await notify(await run(model), model, "both");
    expect(ways.map(({ status }) => status)).toEqual(["delivered", "failed", "delivered"]);
  });

  it("says that a contact is not applied yet", async () => {
    const applied = modelOf(`contacts: [{name: hook, webhook: "${http.url}/200"}]`);
    const wanted = modelOf(`contacts: [{name: new, webhook: "${http.url}/200"}]`);
    const server = await run(applied);
    await expect(notify(server, wanted, "new")).rejects.toThrow("not-applied");
    const more = modelOf(
      `contacts: [{name: hook, webhook: ["${http.url}/200", "${http.url}/201"]}]`,
    );
    await expect(notify(server, more, "hook")).rejects.toThrow("applied-otherwise");
  });
});
