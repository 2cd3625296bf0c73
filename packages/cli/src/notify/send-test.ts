import { EXIT } from "@sightline/core";
import type { Contact, Model, SettingValue } from "../compile/model.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { AnswerFault } from "../live/grafana/answer.ts";
import { createGrafanaClient } from "../live/grafana/client.ts";
import { toFailure } from "../live/grafana/read-failure.ts";
import { checkVersion } from "../live/grafana/version.ts";
import { resolveSecret } from "../live/resolve-secret.ts";
import { findRunningStack } from "../live/stack/running-servers.ts";
import { contextOf } from "../live/stack/stack-target.ts";
import { cleanLine } from "../report/clean-text.ts";
import { formatReference, isSecretReference, type SecretReference } from "../spec/reference.ts";
import type { NotifyOutcome } from "./delivery.ts";
import { notifyByAlertmanager } from "./notify-by-alertmanager.ts";
import { notifyByGrafana } from "./notify-by-grafana.ts";
import type { TestAlert } from "./test-alert.ts";

export interface NotifyTest {
  readonly contact: Contact;
  readonly alert: TestAlert;
  /** Stands in a label of the alert, and so in the server's log. */
  readonly id: string;
  readonly timeoutMillis: number;
  readonly tellsEnd: boolean;
}

/** By the Alertmanager of this machine's stack. */
export async function sendByStack(
  context: Context,
  model: Model,
  test: NotifyTest,
): Promise<NotifyOutcome> {
  const { contact } = test;
  const { servers } = await findRunningStack(contextOf(context, model));
  const server = servers.get("alertmanager");
  if (server === undefined) {
    throw new Failure("Alertmanager does not run, so nothing can be sent", {
      exitCode: EXIT.noAnswer,
      advice: [`${context.self} up   starts the stack`],
    });
  }
  const result = await notifyByAlertmanager({
    ...test,
    url: server.url,
    readLog: server.listen(),
    secrets: knownSecrets(contact, context.io.env),
  });
  switch (result.status) {
    case "done":
      return result.outcome;
    case "not-applied":
      throw notApplied(context, contact, "Alertmanager");
    case "applied-otherwise":
      throw new Failure(
        `the contact "${contact.name}" has other ways in Alertmanager than in the file`,
        { advice: [`${context.self} apply   brings them there; then run this again`] },
      );
    case "old-server":
      throw new Failure(
        "Alertmanager runs with the settings of an earlier version, which do not tell contacts apart",
        {
          advice: [`${context.self} up   starts it anew`],
        },
      );
    case "no-answer":
      throw new Failure(
        `Alertmanager at ${server.url} did not take the message: ${cleanLine(result.reason)}`,
        {
          exitCode: EXIT.noAnswer,
          advice: [`${context.self} status   says how it is`],
        },
      );
  }
}

/** By the target's Grafana, with the contact as the specification has it. */
export async function sendByGrafana(
  context: Context,
  model: Model,
  { contact, alert, timeoutMillis }: NotifyTest,
): Promise<NotifyOutcome> {
  const { target } = model;
  if (target.kind !== "grafana") throw new Error(`${target.name} is no Grafana`);
  const secrets = resolveAll(context, [
    ...secretsOf(contact),
    ...(target.token ? [target.token] : []),
  ]);
  const client = createGrafanaClient({
    url: target.url,
    token: target.token && secrets.get(formatReference(target.token)),
    orgId: target.orgId,
    // Grafana tries every way before it answers.
    timeoutMillis: Math.max(timeoutMillis, 20_000) + 5000,
  });
  const health = await client.get("/api/health");
  if (health.status === "fault") throw asFailure(health, client.origin);
  const { version: given } = (health.value ?? {}) as { readonly version?: string };
  const version = checkVersion(given ?? "");
  if (version.status === "unsupported") {
    throw new Failure(version.message, { exitCode: EXIT.unsupportedVersion });
  }
  const result = await notifyByGrafana({
    client,
    major: version.version.major,
    model,
    contact: contact.name,
    alert,
    orgId: target.orgId,
    secretOf: (reference) => secrets.get(reference) ?? "",
    secrets: [...secrets.values()],
  });
  if (result.status === "not-applied") throw notApplied(context, contact, "Grafana");
  if (result.status === "not-loaded") {
    throw new Failure("Grafana has stored what was applied, and not loaded it yet", {
      advice: ["it looks once a minute; run this again then"],
    });
  }
  if (result.status === "fault") throw asFailure(result.fault, client.origin);
  return result.outcome;
}

function notApplied({ self }: Context, { name }: Contact, server: string): Failure {
  return new Failure(`the contact "${name}" is in the file, and not yet in ${server}`, {
    advice: [`${self} apply   brings it there; then run this again`],
  });
}

function asFailure(fault: AnswerFault, origin: string): Failure {
  const { exitCode, advice } = toFailure([fault], origin);
  return new Failure(`Grafana did not take the message: ${fault.message}`, { exitCode, advice });
}

/** Everything that is missing at once. */
function resolveAll(
  { io }: Context,
  references: readonly SecretReference[],
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const missing: string[] = [];
  for (const reference of references) {
    const result = resolveSecret(reference, io.env);
    if (result.status === "ok") values.set(formatReference(reference), result.value);
    else missing.push(result.reason);
  }
  if (missing.length === 0) return values;
  throw new Failure(`secrets are missing:\n${missing.map((text) => `  ${text}`).join("\n")}`, {
    advice: ["set them where this command runs, then run it again"],
  });
}

/** Those that can be looked up here, to keep them out of what is shown. */
function knownSecrets(contact: Contact, env: NodeJS.ProcessEnv): readonly string[] {
  return secretsOf(contact).flatMap((reference) => {
    const result = resolveSecret(reference, env);
    return result.status === "ok" ? [result.value] : [];
  });
}

function secretsOf({ integrations }: Contact): readonly SecretReference[] {
  return integrations.flatMap(({ settings }) => Object.values(settings).flatMap(secretsIn));
}

function secretsIn(value: SettingValue): readonly SecretReference[] {
  if (isSecretReference(value)) return [value];
  return typeof value === "object" ? Object.values(value).flatMap(secretsIn) : [];
}
