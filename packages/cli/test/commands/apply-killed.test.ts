import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { EXIT } from "@sightline/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Grafana, startGrafana } from "../../../../test/harness/grafana/grafana.ts";
import { createGrafanaProject, type GrafanaProject } from "../support/grafana-project.ts";
import { until } from "../support/until.ts";

const main = join(import.meta.dirname, "../../src/main.ts");
let grafana: Grafana;
let project: GrafanaProject;

beforeEach(async () => {
  grafana = await startGrafana();
  project = createGrafanaProject(grafana);
});
afterEach(async () => {
  project.remove();
  await grafana.close();
});

/** A process of its own, held at one write: `release` lets the server go on. */
async function applyUpTo(path: RegExp): Promise<{
  readonly child: ReturnType<typeof spawn>;
  readonly text: () => string;
  readonly release: () => void;
}> {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isReached = false;
  const reached = {
    // Asked for when the request has come.
    // biome-ignore lint/suspicious/noThenProperty: that is how one notices being awaited.
    then: (resolve: () => void) => {
      isReached = true;
      void held.then(resolve);
    },
  } as unknown as Promise<void>;
  for (const method of ["PUT", "POST"]) {
    grafana.fail({ kind: "slow", release: reached }, { method, path });
  }
  const { PATH } = process.env;
  const child = spawn(process.execPath, [main, "apply", "--yes", "--file", project.file], {
    env: { PATH, GRAFANA_TOKEN: grafana.token, SLACK_WEBHOOK_URL: "https://hooks.example/x" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
  }
  await until(`a write to ${path}`, () => isReached);
  return { child, text: () => text, release };
}

const KINDS = [
  /templates\/sightline-demo$/,
  /folders$/,
  /contact-points$/,
  /policies$/,
  /alert-rules$/,
  /dashboards$/,
];

describe("an apply that dies", () => {
  it.each(KINDS)(
    "by SIGKILL at %s: the next plan shows the truth, and apply goes on",
    async (path) => {
      const { child, release } = await applyUpTo(path);
      child.kill("SIGKILL");
      await once(child, "close");
      release();
      const plan = await project.run(["plan"]);
      expect([plan.code, plan.out]).toEqual([
        EXIT.changes,
        expect.not.stringContaining("in the way"),
      ]);
      expect(await project.run(["apply", "--yes"])).toMatchObject({ code: EXIT.ok });
      expect(await project.run(["plan", "--prune"])).toMatchObject({ code: EXIT.ok });
    },
  );

  it.each(["SIGINT", "SIGTERM"] as const)(
    "by %s: finishes what is under way, tells what is left, exits with 130",
    async (signal) => {
      const { child, text, release } = await applyUpTo(/contact-points$/);
      child.kill(signal);
      await until("the word that it stops", () => text().includes("finished first"));
      release();
      const [code] = await once(child, "close");
      expect([code, text()]).toEqual([EXIT.interrupted, expect.stringContaining("interrupted")]);
      expect(text()).toMatch(/contact points: ops {2}added/);
      expect(grafana.state.rules.size).toBe(0);
      expect(await project.run(["apply", "--yes"])).toMatchObject({ code: EXIT.ok });
    },
  );
});
