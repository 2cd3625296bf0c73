import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ERROR_FIELD } from "@sightline/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Receivers, startReceivers, whyNoReceivers } from "../agent/receivers.ts";
import {
  CHROMIUM,
  makeProfile,
  type ObservedPage,
  removeProfile,
  startBrowser,
  type TestBrowser,
} from "../harness/browser.ts";
import { createTestGateway, type TestGateway } from "../harness/gateway.ts";
import { readLines } from "../harness/otlp.ts";
import { type PageServer, startPageServer } from "../harness/page-server.ts";
import { until } from "../harness/until.ts";
import { buildAngular } from "./angular-build.ts";
import { type AngularInstall, installAngular } from "./angular-install.ts";
import { ANGULAR_CASES, type FailureCase, REACT_CASES } from "./framework-cases.ts";
import { buildReact } from "./react-build.ts";

type Line = Awaited<ReturnType<typeof readLines>>[number];

interface Framework {
  readonly name: string;
  readonly service: string;
  /** `service.version` of its build, by which its records are found. */
  readonly release: string;
  readonly cases: readonly FailureCase[];
  readonly whyNot: string | undefined;
  /** Gives the folder that is published. */
  readonly build: (gatewayData: string) => Promise<string>;
  /** Links to press, and the template that each page is told with. */
  readonly links: readonly (readonly [name: string, template: string])[];
}

const ANGULAR_17 = "test/browser/angular-17";

const whyNone = CHROMIUM === undefined ? "no Chromium in /usr/bin" : whyNoReceivers();
const projects: string[] = [];
const [angular22, angular17] =
  whyNone === undefined
    ? await Promise.all([
        installAngular("angular-22", "examples/angular"),
        installAngular("angular-17", ANGULAR_17),
      ])
    : [];

const ANGULAR_LINKS = [
  ["Order 7", "/orders/:id"],
  ["Reports", "/reports/:report"],
  ["Order 8", "/orders/:id"],
  ["Shop", "/"],
] as const;

const FRAMEWORKS: readonly Framework[] = [
  {
    name: "React 19, built by Vite",
    service: "example-react",
    release: "1.0.0",
    cases: REACT_CASES,
    whyNot: whyNone,
    build: async (gatewayData) => {
      const folder = mkdtempSync(join(tmpdir(), "sightline-react-"));
      projects.push(folder);
      await buildReact(folder, gatewayData);
      return folder;
    },
    links: [
      ["Order 7", "/orders/:id"],
      ["Reports", "/reports"],
      ["Shop", "/"],
    ],
  },
  {
    name: "Angular 22, without zone.js",
    service: "example-angular",
    release: "1.0.0",
    cases: ANGULAR_CASES,
    whyNot: whyNone ?? whyNotInstalled(angular22),
    build: (gatewayData) => buildPublished(angular22, gatewayData),
    links: ANGULAR_LINKS,
  },
  {
    name: "Angular 17, with zone.js",
    service: "example-angular",
    release: "17.0.0",
    cases: ANGULAR_CASES,
    whyNot: whyNone ?? whyNotInstalled(angular17),
    build: (gatewayData) => buildPublished(angular17, gatewayData, ANGULAR_17),
    links: ANGULAR_LINKS,
  },
];

let receivers: Receivers;
let gateway: TestGateway;
let browser: TestBrowser;
let profile: string;
const servers = new Map<string, PageServer>();

beforeAll(async () => {
  if (whyNone !== undefined) return;
  receivers = await startReceivers();
  gateway = await createTestGateway(receivers.otlpUrl, []);
  const built = FRAMEWORKS.filter(({ whyNot }) => whyNot === undefined).map(
    async ({ build, name }) => {
      const forward = { prefix: "/sl", target: gateway.url };
      servers.set(name, await startPageServer(await build(gateway.data), { forward }));
    },
  );
  profile = makeProfile();
  [browser] = await Promise.all([startBrowser(profile), ...built]);
  const origins = [...servers.values()].map(({ url }) => url);
  gateway.configure((before) => ({
    ...before,
    apps: ["example-react", "example-angular"].map((serviceName) => {
      return { serviceName, keys: [`${serviceName}-key`], origins };
    }),
  }));
  await gateway.up();
}, 300_000);

afterAll(async () => {
  if (whyNone !== undefined) return;
  await browser?.close();
  for (const server of servers.values()) await server.close();
  await gateway?.dispose();
  await receivers?.dispose();
  removeProfile(profile);
  for (const project of projects) rmSync(project, { recursive: true, force: true });
});

for (const framework of FRAMEWORKS) {
  const { cases, links, name, whyNot } = framework;
  const suffix = whyNot === undefined ? "" : ` (skipped: ${whyNot})`;

  describe.skipIf(whyNot !== undefined)(`${name}${suffix}`, () => {
    let observed: ObservedPage;
    let url: string;

    beforeAll(async () => {
      url = servers.get(name)?.url ?? "";
      observed = await browser.open(url);
    });

    it("is published without its source maps", async () => {
      const script = await observed.page.locator("script[src]").first().getAttribute("src");
      const text = await (await fetch(new URL(script ?? "", url))).text();
      expect(text).not.toContain("sourceMappingURL");
      expect((await fetch(new URL(`${script}.map`, url))).status).toBe(404);
    });

    it.each(cases)("tells an error $where", async ({ fail, handled, message, path, ...wanted }) => {
      await observed.page.goto(`${url}${path}`);
      await fail(observed.page);
      const line = await until(`the line of ${message}`, async () =>
        (await storedLines(framework)).find((stored) => isAbout(stored, message)),
      );
      expect(line.fields).toMatchObject({
        [ERROR_FIELD.exceptionType]: wanted.type,
        [ERROR_FIELD.handled]: String(handled),
        browser_route: wanted.route,
      });
      if (wanted.place === undefined) return;
      const { file, function: caller } = wanted.place;
      expect(line.line.split("\n")[1]).toMatch(
        new RegExp(`^ +at ${caller} \\(${file}:\\d+:\\d+\\)$`),
      );
    });

    it("tells and prints each of them once", async () => {
      // After the second that a failed navigation gets to come by another way.
      await observed.page.evaluate("new Promise((resolve) => setTimeout(resolve, 1_100))");
      // Leaving tells what is held back; what is logged afterwards is stored after it.
      await observed.page.goto("about:blank");
      await observed.page.goto(url);
      await observed.page.getByRole("button", { name: "Log two lines" }).click();
      const lines = await until("the line after everything else", async () => {
        const stored = await storedLines(framework);
        return stored.some(({ line }) => line.startsWith("stock is low")) && stored;
      });
      const errors = lines.filter(({ fields }) => fields["kind"] === "error");
      for (const { message, place, timesPrinted = 1 } of cases) {
        const printed = [...observed.console, ...observed.errors.map(String)];
        if (place !== undefined)
          expect(printed.filter((text) => text.includes(message))).toHaveLength(timesPrinted);
        const told = lines.filter((line) => isAbout(line, message));
        expect(told, message).toHaveLength(1);
        const fp = told[0]?.fields[ERROR_FIELD.fp];
        const counts = errors
          .filter(({ fields }) => fields[ERROR_FIELD.fp] === fp)
          .map(({ fields }) => fields[ERROR_FIELD.n]);
        expect(counts, message).toEqual(["1"]);
      }
      expect(errors).toHaveLength(cases.length);
      expect(lines.filter(({ fields }) => isErrorLine(fields))).toHaveLength(cases.length);
    });

    it("tells pages by the templates of their routes", async () => {
      const count = async (template: string): Promise<number> => {
        const lines = await storedLines(framework);
        return lines.filter(({ line }) => line === `navigation ${template}`).length;
      };
      for (const [link, template] of links) {
        const before = await count(template);
        await observed.page.getByRole("link", { name: link, exact: true }).click();
        await until(`the page ${template}`, async () => (await count(template)) > before);
      }
      const previous = links.at(-2)?.[1] ?? "";
      const before = await count(previous);
      await observed.page.goBack();
      await until("the page before", async () => (await count(previous)) > before);
      expect((await storedLines(framework)).map(({ line }) => line)).not.toContainEqual(
        expect.stringMatching(/^navigation .*\d/),
      );
    });

    it("sends no query of any address", async () => {
      expect(JSON.stringify(await storedLines(framework))).not.toMatch(/card|4111/);
    });
  });
}

const [, , withZone] = FRAMEWORKS;

describe.skipIf(withZone?.whyNot !== undefined)("zone.js", () => {
  it("sees nothing of ours: a page is checked as often as without us", async () => {
    if (withZone === undefined) return;
    const { page } = await browser.open(servers.get(withZone.name)?.url ?? "");
    const heading = page.getByRole("heading");
    await heading.waitFor();
    const countStored = async (): Promise<number> => {
      const lines = await storedLines(withZone);
      return lines.filter(({ line }) => line.startsWith("stock is low")).length;
    };
    const storedBefore = await countStored();
    const stirsBefore = Number(await page.evaluate("stirs"));
    await page.getByRole("button", { name: "Log two lines" }).click();
    await until("its lines to be stored", async () => (await countStored()) > storedBefore);
    // The press itself.
    expect(Number(await page.evaluate("stirs")) - stirsBefore).toBe(1);
  });
});

describe.skipIf(FRAMEWORKS.some(({ whyNot }) => whyNot !== undefined))("both Angulars", () => {
  it("give one bug one fingerprint, whatever their builds are called", async () => {
    const [before, after] = await Promise.all(FRAMEWORKS.slice(1).map(fingerprints));
    expect(Object.keys(before ?? {})).toHaveLength(ANGULAR_CASES.length - 1);
    expect(after).toEqual(before);
  });
});

async function fingerprints(framework: Framework): Promise<Record<string, string | undefined>> {
  const lines = await storedLines(framework);
  const placed = framework.cases.filter(({ place }) => place !== undefined);
  return Object.fromEntries(
    placed.map(({ message }) => [
      message,
      lines.find((line) => isAbout(line, message))?.fields[ERROR_FIELD.fp],
    ]),
  );
}

async function storedLines({ release, service }: Framework): Promise<Line[]> {
  const lines = await readLines(receivers.lokiUrl, service);
  return lines.filter(({ fields }) => fields["service_version"] === release);
}

/** The line of an error, with its stack; not its compact record. */
function isAbout({ fields }: Line, message: string): boolean {
  return isErrorLine(fields) && fields["exception_message"]?.includes(message) === true;
}

function isErrorLine(fields: Line["fields"]): boolean {
  return fields["kind"] === "log" && fields["severity_text"] === "error";
}

function whyNotInstalled(install: AngularInstall | undefined): string | undefined {
  return install?.status === "unreachable" ? install.reason : undefined;
}

async function buildPublished(
  install: AngularInstall | undefined,
  gatewayData: string,
  overlay?: string,
): Promise<string> {
  if (install?.status !== "installed") throw new Error("built although it is not installed");
  const project = await buildAngular({
    installation: install.folder,
    gatewayData,
    ...(overlay === undefined ? {} : { overlay }),
  });
  projects.push(project);
  return join(project, "dist/browser");
}
