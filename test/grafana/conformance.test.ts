import { afterAll, beforeAll, describe, test } from "vitest";
import { PROFILES } from "../harness/grafana/profiles.ts";
import {
  type ReachedGrafana,
  reachReal,
  reachStandIn,
  realGrafana,
} from "../harness/grafana/reach.ts";
import { PROVISIONING } from "./cases.ts";
import { NOTIFICATION_CASES } from "./notification-cases.ts";
import { OBJECT_CASES } from "./object-cases.ts";
import { RULE_CASES } from "./rule-cases.ts";

// The same cases say what the stand-in does and what Grafana does. With GRAFANA_URL a real one is
// asked too; what it answers otherwise is a fault of the stand-in.
const CASES = [...OBJECT_CASES, ...RULE_CASES, ...NOTIFICATION_CASES];

const servers: readonly (readonly [string, () => Promise<ReachedGrafana>])[] = [
  ...PROFILES.map(
    ({ version }) => [`the stand-in of Grafana ${version}`, () => reachStandIn(version)] as const,
  ),
  ...(realGrafana() ? [[`Grafana at ${realGrafana()}`, reachReal] as const] : []),
];

describe.each(servers)("%s", (_name, reach) => {
  let grafana: ReachedGrafana;
  let count = 0;
  beforeAll(async () => {
    grafana = await reach();
  });
  afterAll(() => grafana.close());

  test.for(CASES)("$name", { timeout: 180_000 }, async ({ skip, run }, context) => {
    const reason = skip?.(grafana.profile, grafana.isReal);
    if (reason !== undefined) return context.skip(reason);
    count += 1;
    const prefix = `slc-${process.pid}-${count}`;
    const own = { prefix, folder: `${prefix}-folder` };
    await grafana.call("POST", "/api/folders", { uid: own.folder, title: `${prefix} folder` });
    try {
      await run(grafana, own);
    } finally {
      await removeAll(grafana, prefix);
    }
  });
});

/** Whatever a case left, also when it failed. */
async function removeAll({ call }: ReachedGrafana, prefix: string): Promise<void> {
  const isOwn = (text: unknown): boolean => String(text).startsWith(prefix);
  for (const { uid } of (await call("GET", `${PROVISIONING}/alert-rules`)).body) {
    if (isOwn(uid)) await call("DELETE", `${PROVISIONING}/alert-rules/${uid}`);
  }
  for (const { uid, name } of (await call("GET", `${PROVISIONING}/contact-points`)).body) {
    if (isOwn(name)) await call("DELETE", `${PROVISIONING}/contact-points/${uid}`);
  }
  for (const { name } of (await call("GET", `${PROVISIONING}/mute-timings`)).body) {
    const path = `${PROVISIONING}/mute-timings/${encodeURIComponent(name)}`;
    if (isOwn(name)) await call("DELETE", path);
  }
  await call("DELETE", `/api/folders/${prefix}-folder?forceDeleteRules=true`);
}
