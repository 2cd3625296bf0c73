import { randomUUID } from "node:crypto";
import { closestName, EXIT, formatDuration, parseDuration } from "@sightline/core";
import type { Contact, Model } from "../compile/model.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Fault } from "../fault.ts";
import type { NotifyOutcome, WayOutcome } from "../notify/delivery.ts";
import { sendByGrafana, sendByStack } from "../notify/send-test.ts";
import { makeTestAlert } from "../notify/test-alert.ts";
import { cleanLine } from "../report/clean-text.ts";
import { loadModel } from "./load-model.ts";

export interface NotifyOptions {
  readonly file?: string;
  readonly target?: string;
  /** Also the message that it is over. */
  readonly resolve?: boolean;
  readonly timeout?: string;
  readonly json?: boolean;
}

/** `sightline notify <contact>`: a real message through the server that would send alerts. */
export async function notifyCommand(
  context: Context,
  contactName: string,
  options: NotifyOptions,
): Promise<number> {
  const timeoutMillis = readTimeout(options.timeout);
  const loaded = await loadModel(context, { file: options.file, target: options.target });
  if (loaded.status === "invalid") return reportFaults(context, loaded.faults, options.json);
  const { model } = loaded;
  const contact = findContact(model, contactName);
  const id = randomUUID();
  const alert = makeTestAlert({
    contact: contact.name,
    project: model.project,
    id,
    host: context.host,
    tellsEnd: options.resolve ?? false,
  });
  const test = { contact, alert, id, timeoutMillis, tellsEnd: options.resolve ?? false };
  const outcome =
    model.target.kind === "grafana"
      ? await sendByGrafana(context, model, test)
      : await sendByStack(context, model, test);
  if (options.json) context.io.out(`${JSON.stringify(outcome)}\n`);
  else printOutcome(context, outcome);
  const all = [...outcome.ways, ...(outcome.resolved ?? [])];
  return all.every(({ status }) => status === "delivered") ? EXIT.ok : EXIT.failure;
}

function readTimeout(given: string | undefined): number {
  const result = parseDuration(given ?? "20s");
  if (result.status === "ok" && result.millis >= 1000) return result.millis;
  const why = result.status === "ok" ? `expected at least 1s, got "${given}"` : result.message;
  throw new Failure(`--timeout: ${why}`, { exitCode: EXIT.usage });
}

function findContact({ contacts }: Model, name: string): Contact {
  const found = contacts.find((contact) => contact.name === name);
  if (found !== undefined) return found;
  const names = contacts.map((contact) => contact.name);
  const near = closestName(name, names);
  const advice =
    near !== undefined
      ? `did you mean "${near}"?`
      : names.length === 0
        ? "add contacts: [{name: ops, email: ops@example.org}] to the file"
        : `expected one of ${names.join(", ")}`;
  throw new Failure(`there is no contact "${cleanLine(name)}"`, {
    exitCode: EXIT.usage,
    advice: [advice],
  });
}

function reportFaults(
  { io }: Context,
  faults: readonly Fault[],
  json: boolean | undefined,
): number {
  if (json) io.out(`${JSON.stringify({ faults })}\n`);
  else for (const fault of faults) io.err(describeFault(fault));
  return EXIT.problems;
}

function describeFault({ severity, message, advice, place }: Fault): string {
  const where = place ? `${place.file}:${place.line}:${place.column}: ` : "";
  const what = `${where}${severity}: ${cleanLine(message)}\n`;
  return advice === undefined ? what : `${what}  ${cleanLine(advice)}\n`;
}

function printOutcome(
  { io, paint }: Context,
  { contact, sender, ways, resolved }: NotifyOutcome,
): void {
  io.out(`${cleanLine(contact)}, sent by ${sender}\n`);
  for (const way of ways) io.out(describeWay(way, "test message", paint));
  for (const way of resolved ?? []) io.out(describeWay(way, "message of the end", paint));
  if (resolved !== undefined && resolved.length === 0) {
    io.out(
      paint(
        "dim",
        "  the message of the end was not sent: the first did not arrive, or it is not wanted\n",
      ),
    );
  }
}

function describeWay(way: WayOutcome, what: string, paint: Context["paint"]): string {
  const took = way.tookMillis === undefined ? "" : ` after ${formatDuration(way.tookMillis)}`;
  switch (way.status) {
    case "delivered":
      return `  ${paint("green", "✓")} ${way.title}: ${what} delivered${took}\n`;
    case "failed": {
      const advice = way.advice === undefined ? "" : `    ${way.advice}\n`;
      return `  ${paint("red", "✗")} ${way.title}: ${way.reason}\n${advice}`;
    }
    case "no-word":
      return (
        `  ${paint("red", "✗")} ${way.title}: nothing came back${took}\n` +
        "    the other side is slow, or the alert is silenced; --timeout 60s waits longer\n"
      );
  }
}
