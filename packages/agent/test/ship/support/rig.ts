import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDelivery, type Delivery, systemClock } from "@sightline/wire";
import { onTestFinished } from "vitest";
import { type AccountLedger, createAccounts } from "../../../src/accounts/accounts.ts";
import { openShipper, type ShipperOptions } from "../../../src/ship/open-shipper.ts";
import type { Shipment, Shipper } from "../../../src/ship/shipper.ts";
import { makeEntry, type NumberedSource, SOURCES } from "./numbered-lines.ts";

export interface Rig {
  readonly shipper: Shipper;
  readonly accounts: AccountLedger;
  readonly delivery: Delivery;
  /** What it told the operator. */
  readonly said: string[];
}

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sightline-ship-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A shipper on a real folder and a real endpoint, fast enough for a test. */
export async function openRig(
  directory: string,
  endpoint: string,
  more: Partial<ShipperOptions> = {},
): Promise<Rig> {
  const delivery = createDelivery({ endpoint, retry: { initialMillis: 5, maxMillis: 20 } });
  const accounts = createAccounts();
  const said: string[] = [];
  const opened = await openShipper({
    directory,
    maxBytes: 64 * 1024 * 1024,
    delivery,
    accounts,
    clock: systemClock,
    batchMillis: 5,
    checkpointMillis: 5,
    log: (text) => said.push(text),
    ...more,
  });
  if (opened.status !== "open") throw new Error(opened.message);
  const { shipper } = opened;
  onTestFinished(async () => {
    await shipper.shutdown(0);
    await delivery.shutdown(0);
  });
  return { shipper, accounts, delivery, said };
}

/** Ends it in good order, so that another may open the folder. */
export async function closeRig({ shipper, delivery }: Rig, timeoutMillis = 0): Promise<void> {
  await shipper.shutdown(timeoutMillis);
  await delivery.shutdown(0);
}

export const SOURCE = SOURCES[0] as NumberedSource;

/** Lines `first` to `last` of a source, as one shipment. */
export function shipment(
  first: number,
  last: number,
  source: NumberedSource = SOURCE,
  more: Partial<Shipment> = {},
): Shipment {
  const entries = [];
  for (let number = first; number <= last; number += 1) entries.push(makeEntry(source, number));
  const read = { source: source.name, position: last, life: source.life };
  return { identity: source.identity, entries, read, ...more };
}

export function batchFiles(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.endsWith(".batch"));
}

export function filesIn(directory: string, folder: string): string[] {
  const path = join(directory, folder);
  return existsSync(path) ? readdirSync(path).sort() : [];
}
