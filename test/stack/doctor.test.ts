import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestStack, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

interface Report {
  checks: { id: string; status: string; reason?: string; fix?: string }[];
}

describe("sightline doctor", () => {
  let stack: TestStack;
  const examine = async (
    ...args: string[]
  ): Promise<{ code: number | null; checks: Report["checks"] }> => {
    const result = await stack.run("doctor", "--json", ...args);
    return { code: result.code, checks: (JSON.parse(result.stdout) as Report).checks };
  };
  const statusOf = (checks: Report["checks"], id: string): string | undefined =>
    checks.find((check) => check.id === id)?.status;

  beforeAll(async () => {
    stack = await createTestStack();
  });
  afterAll(() => stack.dispose());

  it("says how to start a stack where none runs", async () => {
    const { code, checks } = await examine("--timeout", "1s");
    expect(code).toBe(8);
    const servers = checks.find(({ id }) => id === "servers");
    expect(servers).toMatchObject({ status: "failed", fix: expect.stringContaining("up") });
    // Nothing was accepted, so nothing is waited for.
    expect(statusOf(checks, "logs")).toBe("skipped");
  });

  it("reads line, sample and span back, and sees an alert arrive", async () => {
    expect((await stack.run("up", "--only", "stack")).code).toBe(0);
    const { code, checks } = await examine();
    // Without the example there is no app whose page could send.
    const left = checks.filter(({ status }) => status === "failed" || status === "skipped");
    expect(left.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([
      "pages: there is no app that may send",
    ]);
    expect(code).toBe(0);
    for (const id of ["collector", "logs", "metrics", "traces", "watchdog"]) {
      expect(statusOf(checks, id)).toBe("ok");
    }
  });

  it("sends a line as a page of an app does, and reads it back", async () => {
    const file = join(stack.data, "sightline.yaml");
    const app = "{name: shop-web, key: shop-key-1, origins: [https://shop.example.org]}";
    writeFileSync(file, `project: shop\napps: [${app}]\n`);
    expect((await stack.run("apply", "--file", file, "--yes")).code).toBe(0);
    const found = await until("the gateway to know the app", async () => {
      const { checks } = await examine("--only", "pages", "apps", "maps");
      return statusOf(checks, "pages") === "ok" && checks;
    });
    for (const id of ["gateway", "apps", "maps"]) expect(statusOf(found, id)).toBe("ok");
    writeFileSync(file, "project: shop\napps: [{name: shop-web, key: shop-key-1}]\n");
    expect((await stack.run("apply", "--file", file, "--yes")).code).toBe(0);
    const { code, checks } = await examine("--only", "apps");
    expect(code).toBe(0);
    expect(checks.find(({ id }) => id === "apps")).toMatchObject({
      status: "warning",
      reason: expect.stringContaining('"shop-web" has no origins'),
    });
  });

  it("warns that nobody is told, with the next commands", async () => {
    const { checks } = await examine("--only", "contacts");
    expect(checks.find(({ id }) => id === "contacts")).toMatchObject({
      status: "warning",
      fix: expect.stringContaining("notify"),
    });
  });

  it("names the hop at which the line stops", async () => {
    const loki = stack.pidOf("loki");
    process.kill(loki, "SIGSTOP");
    try {
      const { code, checks } = await examine("--only", "logs", "metrics", "--timeout", "3s");
      expect(code).toBe(1);
      expect(statusOf(checks, "collector")).toBe("ok");
      expect(statusOf(checks, "metrics")).toBe("ok");
      const logs = checks.find(({ id }) => id === "logs");
      expect(logs).toMatchObject({ status: "failed" });
      expect(logs?.reason).toMatch(/Loki/);
      expect(logs?.fix).not.toBe("");
    } finally {
      process.kill(loki, "SIGCONT");
    }
    await until("the lines arrive again", async () => {
      const { code } = await examine("--only", "logs");
      return code === 0;
    });
  });

  it("refuses a check that there is not, and names the near one", async () => {
    const result = await stack.run("doctor", "--only", "log");
    expect(result.code).toBe(64);
    expect(result.stderr).toContain('did you mean "logs"?');
  });
});
