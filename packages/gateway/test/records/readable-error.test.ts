import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Script } from "node:vm";
import type { ExceptionStackFrame } from "@grafana/faro-core";
import { parseStacktrace } from "@grafana/faro-web-sdk";
import { mutedFingerprint, parseBrowserError } from "@sightline/core";
import { createStackResolver, processBuild } from "@sightline/source-maps";
import { transform } from "esbuild";
import { describe, expect, it, onTestFinished } from "vitest";
import { at, META } from "../support/pages.ts";
import { APP, type Rig, type RigOptions, startRig } from "../support/rig.ts";

const start = async (options: RigOptions = {}): Promise<Rig> => {
  const rig = await startRig(options);
  onTestFinished(() => rig.close());
  return rig;
};

function mapsFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sightline-maps-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const SOURCE = (padding: string) => `
${padding}
function sumOfItems(cart) {
  return cart.items.total;
}
function payForCart(cart) {
  return sumOfItems(cart) + 1;
}
payForCart({});
`;

const PLACE = "https://shop.example/assets/";

/** A minified build, its map stored for the app, that throws: what Faro tells of it. */
async function thrownByBuild(maps: string, fileName: string, padding = "") {
  const dist = mkdtempSync(join(tmpdir(), "sightline-dist-"));
  onTestFinished(() => rmSync(dist, { recursive: true, force: true }));
  const { code, map } = await transform(SOURCE(padding), {
    sourcefile: "src/cart.ts",
    minifyIdentifiers: true,
    minifyWhitespace: true,
    sourcemap: "external",
  });
  writeFileSync(join(dist, fileName), `${code}//# sourceMappingURL=${fileName}.map\n`);
  writeFileSync(join(dist, `${fileName}.map`), map);
  const report = await processBuild({
    folder: dist,
    mapsFolder: maps,
    service: APP.serviceName,
    projectFolder: dist,
  });
  expect(report.faults).toEqual([]);
  const error = errorOf(readFileSync(join(dist, fileName), "utf8"), PLACE + fileName);
  const debugId = report.files[0]?.debugId ?? "";
  const frames = (parseStacktrace(error).frames as ExceptionStackFrame[])
    .filter(({ filename, colno }) => filename === PLACE + fileName && colno !== undefined)
    .map((frame) => ({ ...frame, bundleid: debugId }));
  return { frames, debugId, file: PLACE + fileName, message: error.message };
}

function errorOf(code: string, filename: string): Error {
  try {
    new Script(code, { filename }).runInNewContext({ Error });
  } catch (thrown) {
    return thrown as Error;
  }
  throw new Error("it did not throw");
}

const exception = (frames: readonly object[], rest: object = {}) => ({
  meta: META,
  exceptions: [
    { type: "TypeError", value: "boom", timestamp: at(0), stacktrace: { frames }, ...rest },
  ],
});

describe("an error of a minified build", () => {
  it("is told in names of the source, with what the browser wrote behind it", async () => {
    const folder = mapsFolder();
    const thrown = await thrownByBuild(folder, "cart-BaS3fGHj.js");
    const rig = await start({ resolver: createStackResolver({ mapsFolder: folder }) });
    await rig.intake.take(rig.beacon(exception(thrown.frames, { value: thrown.message })));
    const [line] = rig.ofKind("log");
    const { shown, raised } = parseBrowserError(String(line?.body));
    const [head, ...frames] = shown.split("\n");
    expect(head).toBe("TypeError: Cannot read properties of undefined (reading 'total')");
    expect(frames[0]).toMatch(/^ {4}at sumOfItems \(src\/cart\.ts:4:\d+\)$/);
    expect(frames[1]).toMatch(/^ {4}at payForCart \(src\/cart\.ts:7:\d+\)$/);
    expect(raised).toContain(`${thrown.file}:`);
    expect(line?.attributes["debug_ids"]).toBe(`${thrown.file}=${thrown.debugId}`);
    expect(line?.attributes["unresolved_frames"]).toBeUndefined();
    expect(rig.ofKind("error")[0]?.attributes["fp_t"]).toBe(
      "TypeError: cannot read total of undefined at sumOfItems (cart)",
    );
  });

  it("has the same fingerprint after a new deploy with other names of chunks", async () => {
    const folder = mapsFolder();
    const rig = await start({ resolver: createStackResolver({ mapsFolder: folder }) });
    const builds = [
      await thrownByBuild(folder, "cart-BaS3fGHj.js"),
      await thrownByBuild(folder, "pay-Qq81kQwe.js", "const unused = 1; String(unused);\n\n"),
    ];
    for (const { frames } of builds) await rig.intake.take(rig.beacon(exception(frames)));
    const errors = rig.ofKind("error");
    expect(errors).toHaveLength(2);
    expect(errors[0]?.attributes["fp"]).toBe(errors[1]?.attributes["fp"]);
    expect(errors[0]?.attributes["fpx"]).toBe(errors[1]?.attributes["fpx"]);
  });

  it("stays as it came where the map is another app's, and says why", async () => {
    const folder = mapsFolder();
    const thrown = await thrownByBuild(folder, "cart-BaS3fGHj.js");
    const rig = await start({ resolver: createStackResolver({ mapsFolder: folder }) });
    const app = { ...APP, serviceName: "another-app" };
    await rig.intake.take(rig.beacon(exception(thrown.frames), { app }));
    const [line] = rig.ofKind("log");
    expect(String(line?.body)).not.toContain("src/cart.ts");
    expect(String(line?.body)).toContain(thrown.file);
    expect(line?.attributes["unresolved_frames"]).toMatch(/^no_map=\d+$/);
  });

  it("resolves the stacks of its causes by the builds that its own frames name", async () => {
    const folder = mapsFolder();
    const thrown = await thrownByBuild(folder, "cart-BaS3fGHj.js");
    const rig = await start({ resolver: createStackResolver({ mapsFolder: folder }) });
    const [first] = thrown.frames;
    const stack = `Error: why\n    at x (${thrown.file}:${first?.lineno}:${first?.colno})`;
    const causes = JSON.stringify([{ type: "Error", message: "why", stack }]);
    await rig.intake.take(rig.beacon(exception(thrown.frames, { context: { causes } })));
    expect(String(rig.ofKind("log")[0]?.body)).toMatch(
      /\nCaused by: Error: why\n {4}at sumOfItems \(src\/cart\.ts:4:/,
    );
  });
});

describe("an error without maps", () => {
  const frame = (file: string, name = "pay") => ({
    filename: file,
    function: name,
    lineno: 1,
    colno: 2,
  });
  const fps = (rig: Rig) => rig.ofKind("error").map(({ attributes }) => attributes["fp"]);

  it("has one fingerprint whatever the hash in the name of its chunk", async () => {
    const rig = await start();
    for (const file of [
      "cart-BaS3fGHj.js",
      "cart-Qw12er34.js",
      "cart.3f2a1b9c.js",
      "cart.js?v=7",
    ]) {
      await rig.intake.take(rig.beacon(exception([frame(`https://shop.example/a/${file}`)])));
    }
    expect(new Set(fps(rig)).size).toBe(1);
  });

  it("has one fingerprint whatever a minifier called its functions this time", async () => {
    const rig = await start();
    for (const [file, outer, inner] of [
      ["cart-BaS3fGHj.js", "Qe", "t"],
      ["cart-Qw12er34.js", "new $a", "Object.Xe1"],
    ] as const) {
      const place = `https://shop.example/a/${file}`;
      await rig.intake.take(
        rig.beacon(exception([frame(place, inner), frame(place, "checkout"), frame(place, outer)])),
      );
    }
    const errors = rig.ofKind("error");
    expect(errors).toHaveLength(2);
    expect(new Set(errors.map(({ attributes }) => attributes["fp"])).size).toBe(1);
    expect(new Set(errors.map(({ attributes }) => attributes["fpx"])).size).toBe(1);
  });

  it("has one fingerprint whatever page its inline script is in", async () => {
    const rig = await start();
    for (const path of ["orders/17", "orders/99", "customers/ann"]) {
      const files = [`https://shop.example/${path}`, `blob:https://shop.example/${path}`];
      for (const file of files) await rig.intake.take(rig.beacon(exception([frame(file)])));
    }
    expect(new Set(fps(rig)).size).toBe(1);
    expect(fps(rig)).toHaveLength(6);
  });
});

describe("errors that nobody can repair", () => {
  it("are lines in a bucket of their own: no problem, no session with an error", async () => {
    const rig = await start();
    const extension = "chrome-extension://abcdefgh/content.js";
    await rig.intake.take(
      rig.beacon({
        meta: META,
        exceptions: [
          { type: "Error", value: "Script error.", timestamp: at(0) },
          {
            type: "TypeError",
            value: "x is not a function",
            timestamp: at(1),
            stacktrace: {
              frames: [
                { filename: extension, function: "run", lineno: 1, colno: 1 },
                { filename: "https://shop.example/main.js", function: "f", lineno: 1, colno: 1 },
              ],
            },
          },
        ],
      }),
    );
    expect(rig.ofKind("error")).toEqual([]);
    const lines = rig.ofKind("log");
    expect(lines.map(({ attributes }) => attributes["muted"])).toEqual([
      "script_error",
      "extension",
    ]);
    expect(lines.map(({ attributes }) => attributes["fp"])).toEqual([
      mutedFingerprint("script_error").fp,
      mutedFingerprint("extension").fp,
    ]);
    expect(lines.every(({ severityText }) => severityText === "info")).toBe(true);
    expect(rig.ofKind("session").map(({ attributes }) => attributes["state"])).toEqual(["active"]);
  });
});
