import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ENV, EXIT } from "@sightline/core";
import { describe, expect, it } from "vitest";

const unit = join(import.meta.dirname, "../../systemd/sightline-gateway.service");
const text = readFileSync(unit, "utf8");
const analyze = (...args: string[]) => spawnSync("systemd-analyze", args, { encoding: "utf8" });
const version = Number(/systemd (\d+)/.exec(analyze("--version").stdout ?? "")?.[1] ?? 0);
/** `security` reads a file, and not a running system, since 250. */
const reason = version >= 250 ? "" : " (needs systemd-analyze 250 or newer)";

describe("the systemd unit", () => {
  it.skipIf(reason !== "")(`has no setting that systemd does not know${reason}`, () => {
    const { status, stdout, stderr } = analyze("verify", unit);
    expect(stdout + stderr).toBe("");
    expect(status).toBe(0);
  });

  it.skipIf(reason !== "")(`exposes little by systemd's own measure${reason}`, () => {
    // In tenths: 0 is nothing, 100 all that a service of root can do.
    const { status, stdout } = analyze("security", "--offline=yes", "--threshold=20", unit);
    expect(stdout).toMatch(/Overall exposure level for sightline-gateway\.service: 1\.\d/);
    expect(status).toBe(0);
  });

  it("does not start again what the user has to correct, and anything else always", () => {
    expect(text).toContain(`\nRestartPreventExitStatus=${EXIT.problems} ${EXIT.usage}\n`);
    expect(text).toContain("\nRestart=always\n");
    expect(text).toContain("\nStartLimitIntervalSec=0\n");
  });

  it("keeps its data where its own folder is", () => {
    const [, folder] = /\nStateDirectory=(\S+)\n/.exec(text) ?? [];
    expect(text).toContain(`\nEnvironment=${ENV.data}=%S/${folder}\n`);
  });
});
