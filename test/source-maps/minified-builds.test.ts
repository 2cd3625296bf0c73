import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FARO, fingerprint, parseStack } from "@sightline/core";
import {
  createStackResolver,
  type FrameResolution,
  type StackResolver,
} from "@sightline/source-maps";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CHROMIUM,
  makeProfile,
  removeProfile,
  startBrowser,
  type TestBrowser,
  WITHOUT_CHROMIUM,
} from "../harness/browser.ts";
import { type PageServer, startPageServer } from "../harness/page-server.ts";
import { BUNDLERS, type Build, changeSources, copyProject, lineOf, SERVICE } from "./builds.ts";

/** The frame in which each failure of the page happens, and where that is in the source. */
const FAILURES = {
  method: { function: "amountOf", file: "src/cart.ts", text: "as { amount: number }).amount" },
  getter: { function: "amountOf", file: "src/cart.ts", text: "as { amount: number }).amount" },
  callback: {
    function: "everyPrice",
    file: "src/main.ts",
    text: "readonly amount: number }).amount",
  },
  chunk: { function: "amountOf", file: "src/cart.ts", text: "as { amount: number }).amount" },
  objectMethod: { function: "round", file: "src/invoice.ts", text: "throw new RangeError" },
} as const;
/** Functions on the way, innermost first, that each of these must have in its stack. */
const CALLERS: Readonly<Record<string, readonly string[]>> = {
  method: ["total", "method"],
  getter: ["first", "getter"],
  field: ["onChange", "field"],
  staticArrow: ["shipping", "staticArrow"],
  asyncMethod: ["total", "checkout"],
  asyncArrow: ["priceList"],
  callback: ["everyPrice"],
  chunk: ["total", "checkout", "printInvoice"],
  objectMethod: ["roundDown"],
};

interface Failure {
  readonly raw: string;
  readonly resolutions: readonly FrameResolution[];
  readonly fp: string;
  readonly fpx: string;
}

describe.skipIf(CHROMIUM === undefined)(
  `errors of minified builds in a real browser${WITHOUT_CHROMIUM}`,
  () => {
    let folder: string;
    let profile: string;
    let browser: TestBrowser;
    let server: PageServer;
    let resolver: StackResolver;
    const mapsFolder = (): string => join(folder, "maps");

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "sightline-builds-"));
      profile = makeProfile();
      browser = await startBrowser(profile);
      server = await startPageServer(folder, {
        headers: { "content-security-policy": "default-src 'self'" },
      });
      resolver = createStackResolver({ mapsFolder: mapsFolder() });
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
      await resolver?.close();
      if (profile) removeProfile(profile);
      if (folder) rmSync(folder, { recursive: true, force: true });
    });

    async function deploy(name: string, release: string): Promise<Build> {
      const project = join(folder, name, release);
      copyProject(project);
      if (release === "second") changeSources(project);
      const build = { project, dist: join(project, "dist"), mapsFolder: mapsFolder() };
      await BUNDLERS[name]?.(build);
      server.serve(build.dist);
      return build;
    }

    async function failAll(names: readonly string[]): Promise<ReadonlyMap<string, Failure>> {
      const { page, errors } = await browser.open(`${server.url}/`);
      const failures = new Map<string, Failure>();
      for (const name of names) {
        const raw = await page.evaluate(
          (which) => (globalThis as unknown as { fail(name: string): Promise<string> }).fail(which),
          name,
        );
        failures.set(name, await resolve(raw, await readDebugIds(page)));
      }
      expect(errors).toEqual([]);
      await page.close();
      return failures;
    }

    async function resolve(raw: string, ids: ReadonlyMap<string, string>): Promise<Failure> {
      const { type, message, frames } = parseStack(raw);
      const resolutions = await resolver.resolve(
        SERVICE,
        frames.map(({ file = "", line = 0, column = 0 }) => {
          const debugId = ids.get(file);
          return { file, line, column, ...(debugId !== undefined && { debugId }) };
        }),
      );
      const resolved = frames.map((frame, index) => {
        const found = resolutions[index];
        return found?.status === "resolved" ? { ...found, inApp: true } : frame;
      });
      const { fp, fpx } = fingerprint({
        ...(type !== undefined && { type }),
        ...(message !== undefined && { message }),
        frames: resolved,
      });
      return { raw, resolutions, fp, fpx };
    }

    describe.each(Object.keys(BUNDLERS))("built by %s", (bundler) => {
      let first: Build;
      let failures: ReadonlyMap<string, Failure>;
      beforeAll(async () => {
        first = await deploy(bundler, "first");
        failures = await failAll(Object.keys(CALLERS));
      });

      it.each(Object.entries(FAILURES))("shows where %s fails in the source", (name, expected) => {
        const { file, text } = expected;
        const [frame] = failures.get(name)?.resolutions ?? [];
        expect(frame).toMatchObject({
          status: "resolved",
          file,
          line: lineOf(first.project, file, text),
          function: expected.function,
        });
      });

      it("names the functions of the source on the way", () => {
        for (const [name, callers] of Object.entries(CALLERS)) {
          const names = functionsOf(failures.get(name));
          for (const caller of callers) expect(names, name).toContain(caller);
          // A minifier's names have one letter or two.
          for (const one of names) expect(one.length, `${name}: ${one}`).toBeGreaterThan(2);
        }
      });

      it("publishes neither maps nor sources, and refers to none", () => {
        const files = readdirSync(first.dist, { recursive: true, encoding: "utf8" });
        expect(files.filter((file) => file.endsWith(".map"))).toEqual([]);
        for (const file of files.filter((path) => path.endsWith(".js"))) {
          const code = readFileSync(join(first.dist, file), "utf8");
          expect(code).not.toContain("sourceMappingURL");
          expect(code).not.toContain("Longer than a type can vouch for");
        }
      });

      it("has the same fingerprints after a deployment with other chunks and minified names", async () => {
        const second = await deploy(bundler, "second");
        const again = await failAll(Object.keys(CALLERS));
        const chunks = (build: Build): string[] =>
          readdirSync(build.dist, { recursive: true, encoding: "utf8" }).filter((file) =>
            /-[\w-]{6,}\.js$/.test(file),
          );
        expect(chunks(second)).not.toEqual(chunks(first));
        for (const [name, before] of failures) {
          const after = again.get(name);
          expect(after?.raw, name).not.toBe(before.raw);
          expect({ name, fp: after?.fp, fpx: after?.fpx }).toEqual({
            name,
            fp: before.fp,
            fpx: before.fpx,
          });
        }
      });
    });

    it("resolves nothing with the maps of another app", async () => {
      await deploy("vite", "first");
      const { page } = await browser.open(`${server.url}/`);
      const ids = [...(await readDebugIds(page)).values()];
      await page.close();
      const frames = ids.map((debugId) => ({ debugId, line: 1, column: 300 }));
      for (const resolution of await resolver.resolve("other-app", frames)) {
        expect(resolution).toEqual({ status: "unresolved", reason: "no_map" });
      }
      expect(ids.length).toBeGreaterThan(0);
    });
  },
);

function functionsOf(failure: Failure | undefined): string[] {
  return (failure?.resolutions ?? []).flatMap((frame) =>
    frame.status === "resolved" && frame.function !== undefined
      ? [frame.function.split(".").at(-1) ?? ""]
      : [],
  );
}

/** As the page's script does it: the innermost frame of each noted stack is the file itself. */
async function readDebugIds(page: Page): Promise<ReadonlyMap<string, string>> {
  const noted = await page.evaluate(
    (name) => (globalThis as unknown as Record<string, Record<string, string>>)[name] ?? {},
    FARO.debugIdsGlobal,
  );
  return new Map(
    Object.entries(noted).map(([stack, id]) => [parseStack(stack).frames[0]?.file ?? "", id]),
  );
}
