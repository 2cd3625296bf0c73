import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Io } from "../../src/io.ts";
import { run } from "../../src/run.ts";
import { contents, fill, MONOREPO, SHOP } from "../init/projects.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";

interface Report {
  readonly composeFiles: readonly string[];
  readonly services: readonly { readonly name: string; readonly kind: string }[];
  readonly files: readonly { readonly path: string; readonly action: string }[];
  readonly notes: readonly string[];
  readonly next: readonly { readonly command: string }[];
}

interface Project {
  readonly root: string;
  readonly data: string;
  readonly init: (args?: readonly string[], io?: Partial<Io>) => Promise<Outcome>;
  readonly report: (args?: readonly string[]) => Promise<Report>;
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function project(files: Readonly<Record<string, string>> = {}): Project {
  const root = join(tempDirectory(), "shop");
  mkdirSync(root);
  const data = join(tempDirectory(), "data");
  fill(root, files);
  const init: Project["init"] = async (args = ["--yes"], options = {}) => {
    const io = recordIo({ SIGHTLINE_DATA: data, HOME: "/nowhere" }, options);
    const code = await run(["init", root, ...args], io);
    return { code, stdout: io.stdout(), stderr: io.stderr() };
  };
  const report: Project["report"] = async (args = []) => {
    const { code, stdout, stderr } = await init(["--yes", "--json", ...args]);
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout) as Report;
  };
  return { root, data, init, report };
}

const servicesOf = (text: string): unknown =>
  (parse(text) as { readonly services: unknown }).services;

describe("init in a folder", () => {
  it("that is empty writes a sightline.yaml with an example, and `up` is next", async () => {
    const { root, report } = project();
    const { services, next } = await report();
    expect(services).toEqual([]);
    expect(servicesOf(readFileSync(join(root, "sightline.yaml"), "utf8"))).toEqual([]);
    expect(next.map(({ command }) => command)).toContain("sightline up");
  });

  it("with a Go API, Postgres, Angular and nginx finds each, and its own files alone are new", async () => {
    const { root, report } = project(SHOP);
    await report();
    expect(servicesOf(readFileSync(join(root, "sightline.yaml"), "utf8"))).toEqual([
      { name: "api", kind: "service", language: "go" },
      { name: "db", kind: "database" },
      { name: "web", kind: "web" },
      { name: "nginx", kind: "proxy" },
    ]);
    const after = contents(root);
    expect(after).toMatchObject(SHOP);
    const added = Object.keys(after).filter((path) => !(path in SHOP));
    expect(added.filter((path) => !path.startsWith(".sightline/"))).toEqual([
      ".env.sightline.example",
      ".gitignore",
      "compose.sightline.yml",
      "sightline.yaml",
    ]);
  });

  it("with a Node monorepo finds the services, and neither libraries nor node_modules", async () => {
    const { report } = project(MONOREPO);
    const { services } = await report();
    expect(services).toMatchObject([
      { name: "orders", kind: "service", language: "node", framework: "express" },
      { name: "grafana", kind: "service" },
      { name: "caddy", kind: "proxy" },
      { name: "mail", kind: "service", language: "node" },
    ]);
    const { "docker-compose.yml": _, ...plain } = MONOREPO;
    expect((await project(plain).report()).services.map(({ name }) => name)).toEqual([
      "mail",
      "orders",
    ]);
  });

  it("with a plain package.json says the line to import", async () => {
    const dependencies = { fastify: "5.0.0" };
    const { init, root } = project({ "package.json": JSON.stringify({ dependencies }) });
    const { stdout } = await init();
    expect(servicesOf(readFileSync(join(root, "sightline.yaml"), "utf8"))).toEqual([
      { name: "shop", kind: "service", language: "node" },
    ]);
    expect(stdout).toContain('import "@sightline/node/register";');
    expect(stdout).toContain("sightline up");
  });

  it.each([
    ["requirements.txt", "python"],
    ["Gemfile", "ruby"],
    ["composer.json", "php"],
    ["Shop.csproj", "dotnet"],
    ["pom.xml", "java"],
    ["Cargo.toml", "rust"],
  ])("with a %s finds a service in %s", async (path, language) => {
    const { services } = await project({ [`shop/${path}`]: "" }).report();
    expect(services).toMatchObject([{ name: "shop", kind: "service", language }]);
  });
});

describe("which Compose files count", () => {
  const service = (name: string): string => `services:\n  ${name}: {image: busybox}\n`;

  it("are those that Compose takes by itself; others are told of", async () => {
    const { report } = project({
      "compose.yml": service("a"),
      "docker-compose.yml": service("b"),
      "compose.override.yml": service("c"),
      "docker-compose.prod.yml": service("d"),
    });
    const { composeFiles, services, notes } = await report();
    expect(composeFiles).toEqual(["compose.yml", "compose.override.yml"]);
    expect(services.map(({ name }) => name)).toEqual(["a", "c"]);
    expect(notes.join("\n")).toContain("left aside: docker-compose.prod.yml, docker-compose.yml");
  });

  it("are those that are named, in the next run, too", async () => {
    const files = { "compose.yml": service("a"), "docker-compose.prod.yml": service("d") };
    const { report } = project(files);
    const named = ["--file", "compose.yml", "docker-compose.prod.yml"];
    expect((await report(named)).composeFiles).toEqual(Object.keys(files));
    expect((await report()).composeFiles).toEqual(Object.keys(files));
  });

  it("is the one for production where there is no other, and never our own", async () => {
    const { report } = project({
      "docker-compose.dev.yml": service("a"),
      "docker-compose.prod.yml": service("d"),
    });
    await report();
    expect((await report()).composeFiles).toEqual(["docker-compose.prod.yml"]);
  });

  it("are refused where they are not there", async () => {
    const { init } = project(SHOP);
    const { code, stderr } = await init(["--yes", "--file", "compose.prod.yml"]);
    expect(code).toBe(64);
    expect(stderr).toContain('no Compose file "compose.prod.yml"');
    expect(stderr).toContain("there: compose.yml");
  });
});

describe("a second run", () => {
  it("right after the first writes nothing", async () => {
    const { root, data, init } = project(SHOP);
    await init();
    const times = (): unknown =>
      [...Object.keys(contents(root)).map((path) => join(root, path)), ...secretsOf(data)].map(
        (path) => statSync(path, { bigint: true }).mtimeNs,
      );
    const before = [contents(root), times()];
    const { code, stdout } = await init();
    expect(code).toBe(0);
    expect(stdout).toContain("nothing to do");
    expect([contents(root), times()]).toEqual(before);
  });

  it("keeps what was edited, says so, and makes what was deleted anew", async () => {
    const { root, init, report } = project(SHOP);
    await init();
    const edited = [
      "sightline.yaml",
      "compose.sightline.yml",
      ".sightline/provisioning/loki/config.yaml",
    ];
    for (const path of edited) writeFileSync(join(root, path), "# mine\n");
    rmSync(join(root, ".sightline/agent.json"));
    rmSync(join(root, ".sightline/dashboards"), { recursive: true });
    const { stdout } = await init();
    for (const path of edited) expect(readFileSync(join(root, path), "utf8")).toBe("# mine\n");
    expect(stdout).toMatch(/! +compose\.sightline\.yml +kept because you edited it/);
    expect(stdout).toMatch(/! +\.sightline\/provisioning\/loki\/config\.yaml +kept/);
    expect(existsSync(join(root, ".sightline/agent.json"))).toBe(true);
    expect(existsSync(join(root, ".sightline/dashboards/service-overview.json"))).toBe(true);
    // Ours has not changed since, so there is nothing new to show.
    expect(existsSync(join(root, ".sightline/new"))).toBe(false);
    expect((await report()).files.filter(({ action }) => action === "keep")).toHaveLength(2);
  });

  it("follows the project, and puts ours beside where both changed", async () => {
    const { root, init } = project(SHOP);
    await init();
    const worker = JSON.stringify({ dependencies: { "@sightline/node": "0.1.0", koa: "3.0.0" } });
    fill(root, {
      "compose.yml":
        SHOP["compose.yml"]?.replace("  db:", "  worker: {build: worker}\n  db:") ?? "",
      "worker/package.json": worker,
    });
    await init();
    const text = readFileSync(join(root, "compose.sightline.yml"), "utf8");
    expect(servicesOf(text)).toHaveProperty("worker");
    writeFileSync(join(root, "compose.sightline.yml"), `${text}# mine\n`);
    rmSync(join(root, "worker"), { recursive: true });
    const { stdout } = await init();
    expect(stdout).toMatch(/\+ +\.sightline\/new\/compose\.sightline\.yml/);
    const [kept, ours] = ["", ".sightline/new/"].map((folder) =>
      readFileSync(join(root, `${folder}compose.sightline.yml`), "utf8"),
    );
    expect(kept).toBe(`${text}# mine\n`);
    expect(ours).not.toContain("worker:");
    expect((await init()).stdout).toContain("nothing to do");
  });

  it("keeps to the agent alone until it is told otherwise", async () => {
    const { root, data, init, report } = project(SHOP);
    const url = "https://observe.example.org:4319";
    await init(["--yes", "--agent-only", "--otlp-url", url]);
    expect(existsSync(join(data, "secrets"))).toBe(false);
    expect(existsSync(join(root, ".sightline/provisioning/loki"))).toBe(false);
    const again = await report();
    expect(again.files.every(({ action }) => action === "same")).toBe(true);
    await report(["--no-agent-only"]);
    expect(secretsOf(data)).toHaveLength(2);
    expect(readFileSync(join(root, ".sightline/.env"), "utf8")).toContain(join(data, "secrets"));
    expect(existsSync(join(root, ".sightline/provisioning/loki/config.yaml"))).toBe(true);
  });

  it("removes what a killed run was writing, and nothing else", async () => {
    const draft = ".sightline/0f1e2d3c-0000-4000-8000-000000000000.draft";
    const { root, init } = project({ [draft]: "half", ".sightline/mine.draft": "mine" });
    await init();
    expect(existsSync(join(root, draft))).toBe(false);
    expect(readFileSync(join(root, ".sightline/mine.draft"), "utf8")).toBe("mine");
  });

  it("completes what was killed in the middle", async () => {
    const { root, init } = await killedInTheMiddle();
    expect((await init()).code).toBe(0);
    const whole = project(SHOP);
    await whole.init();
    expect(Object.keys(contents(root))).toEqual(Object.keys(contents(whole.root)));
    expect((await init()).stdout).toContain("nothing to do");
  });
});

describe("secrets", () => {
  it("are made once, for their reader alone, outside of the project, and shown nowhere", async () => {
    const { root, data, init } = project(SHOP);
    const first = await init();
    const files = secretsOf(data);
    expect(files).toHaveLength(2);
    const secrets = files.map((path) => readFileSync(path, "utf8"));
    for (const path of files) expect(statSync(path).mode & 0o777).toBe(0o600);
    const json = await init(["--yes", "--json"]);
    expect(secretsOf(data).map((path) => readFileSync(path, "utf8"))).toEqual(secrets);
    const written = Object.entries(contents(root)).filter(([path]) => !(path in SHOP));
    const everything = [first.stdout, first.stderr, json.stdout, JSON.stringify(written)].join();
    for (const secret of [...secrets, "secret-of-the-database"]) {
      expect(everything).not.toContain(secret);
    }
  });

  it("and what is of one machine are kept out of git, and lines of the user stay", async () => {
    const { root, init } = project({ ...SHOP, ".gitignore": "node_modules\n" });
    await init();
    const text = readFileSync(join(root, ".gitignore"), "utf8");
    expect(text.startsWith("node_modules\n\n# >>> sightline init")).toBe(true);
    expect(text.split("\n")).toEqual(
      expect.arrayContaining(["/.sightline/.env", "/.sightline/provisioning/agent/token"]),
    );
  });

  it("files that servers of other users read are readable whatever the umask", async () => {
    const before = process.umask(0o077);
    const { root, init } = project(SHOP);
    try {
      await init();
    } finally {
      process.umask(before);
    }
    const mode = (path: string): number => statSync(join(root, path)).mode & 0o777;
    expect(mode(".sightline/provisioning/loki")).toBe(0o755);
    expect(mode(".sightline/provisioning/loki/config.yaml")).toBe(0o644);
    expect(mode(".sightline/agent.json")).toBe(0o644);
  });
});

describe("services with @sightline/node", () => {
  const orders = (settings: string, files: Readonly<Record<string, string>> = {}): Project =>
    project({
      "compose.yml": `services:\n  orders: {build: orders, ${settings}}\n`,
      "orders/package.json": JSON.stringify({
        dependencies: { "@sightline/node": "0.1.0", express: "5.1.0" },
      }),
      ...files,
    });
  const overrideOf = async ({ root, report }: Project): Promise<unknown> => {
    await report();
    const services = servicesOf(readFileSync(join(root, "compose.sightline.yml"), "utf8"));
    return (services as Record<string, unknown> | undefined)?.["orders"];
  };

  it("keep what they set by themselves, in the file or in an env file", async () => {
    const own = orders('environment: {OTEL_SERVICE_NAME: checkout}, env_file: [".env"]', {
      ".env": "export SIGHTLINE_LOGS=otlp\n",
    });
    expect(await overrideOf(own)).toMatchObject({
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://sightline-collector:4318" },
    });
    expect(readFileSync(join(own.root, "compose.sightline.yml"), "utf8")).not.toMatch(
      /SIGHTLINE_LOGS|OTEL_SERVICE_NAME/,
    );
  });

  it("get the secret of user hashes passed on, and the command that makes one comes first", async () => {
    const one = orders("restart: always");
    expect(await overrideOf(one)).toMatchObject({
      environment: { SIGHTLINE_USER_SECRET: "${SIGHTLINE_USER_SECRET:-}" },
    });
    const first = (await one.report()).next.find(({ command }) => !command.startsWith("cd "));
    expect(first?.command).toContain("SIGHTLINE_USER_SECRET");
    const run = (): string => {
      execFileSync("sh", ["-c", first?.command ?? "false"], { cwd: one.root });
      return readFileSync(join(one.root, ".env"), "utf8");
    };
    const made = run();
    expect(made).toMatch(/^SIGHTLINE_USER_SECRET=[0-9a-f]{48}\n$/);
    expect(run()).toBe(made);
  });

  it("that have a secret of their own keep it", async () => {
    const own = orders('env_file: [".env"]', { ".env": "SIGHTLINE_USER_SECRET=theirs\n" });
    expect(JSON.stringify(await overrideOf(own))).not.toContain("USER_SECRET");
  });

  it("stay in the default network, which Compose leaves out where another is named", async () => {
    expect(await overrideOf(orders("restart: always"))).toMatchObject({
      networks: { default: {}, "sightline-otlp": {} },
    });
    const named = (await overrideOf(orders("networks: [back]"))) as { networks: object };
    expect(Object.keys(named.networks)).toEqual(["sightline-otlp"]);
  });

  it("on the host's network send to the host, and join no network", async () => {
    const override = await overrideOf(orders("network_mode: host"));
    expect(override).not.toHaveProperty("networks");
    expect(JSON.stringify(override)).toContain("http://127.0.0.1:");
  });

  it.each([
    ["network_mode: none", 'network_mode "none"'],
    ["extends: {service: base}", "it extends a service"],
    ["env_file: missing.env", "its env_file cannot be read"],
    ["environment: {OTEL_EXPORTER_OTLP_ENDPOINT: http://tempo}", "an endpoint of its own"],
  ])("are left as they are with %s, and it is said", async (settings, says) => {
    const own = orders(settings);
    expect(await overrideOf(own)).toBeUndefined();
    expect((await own.report()).notes.join("\n")).toContain(says);
  });
});

describe("what stands in the way is told, and nothing is written", () => {
  it.each([
    ["services:\n  api:\n    image: [a\n", "compose.yml:4:1: "],
    ["services:\n\tapi: {}\n", "compose.yml:2:1: "],
    ["just text", "compose.yml:1:1: expected a Compose file"],
  ])("a Compose file that holds %j", async (text, says) => {
    const { root, init } = project({ "compose.yml": text, "compose.prod.yml": "a: [" });
    const { code, stderr } = await init();
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(stderr).toContain("compose.prod.yml:1:");
    expect(Object.keys(contents(root))).toHaveLength(2);
  });

  it("a Compose file with faults without end, or larger than any", async () => {
    const many = await project({ "compose.yml": "a: b\n".repeat(1_000) }).init();
    expect(many.stderr.split("\n").length).toBeLessThan(30);
    expect(many.stderr).toContain("… and 979 more");
    const large = await project({ "compose.yml": `# ${"x".repeat(200_000)}\n` }).init();
    expect(large.stderr).toContain('"compose.yml" has 200003 bytes; expected at most 131072');
  });

  it("a folder that is not there, or is a file", async () => {
    const { root } = project({ file: "" });
    for (const path of [join(root, "missing"), join(root, "file")]) {
      const io = recordIo({ SIGHTLINE_DATA: tempDirectory(), HOME: "/nowhere" });
      expect(await run(["init", path, "--yes"], io)).toBe(64);
      expect(io.stderr()).toContain(`the folder "${path}" is not`);
    }
  });

  it.skipIf(process.getuid?.() === 0)(
    "a folder that may not be written (root may write everywhere)",
    async () => {
      const { root, init } = project(SHOP);
      chmodSync(root, 0o500);
      const { code, stderr } = await init();
      chmodSync(root, 0o700);
      expect(code).toBe(1);
      expect(stderr).toContain("cannot be written: EACCES");
    },
  );

  it("folders where files are to be and files where folders are to be, all at once", async () => {
    const { root, init } = project({ "sightline.yaml/a": "", ".sightline/provisioning": "" });
    const { code, stderr } = await init();
    expect(code).toBe(1);
    expect(stderr).toContain('"sightline.yaml" is a folder; expected a file');
    expect(stderr).toContain('".sightline/provisioning" is a file; expected a folder');
    expect(Object.keys(contents(root))).toHaveLength(2);
  });

  it.each([".sightline", ".gitignore", "compose.yml"])(
    "a link %s that leaves the folder",
    async (name) => {
      const { root, init } = project();
      const outside = tempDirectory();
      fill(outside, { file: "services: {}\n" });
      symlinkSync(name === ".sightline" ? outside : join(outside, "file"), join(root, name));
      const { code, stderr } = await init();
      expect(code).toBe(1);
      expect(stderr).toContain(`"${name}" is a link to "${outside}`);
      expect(readdirSync(outside)).toEqual(["file"]);
      expect(readdirSync(root)).toEqual([name]);
    },
  );

  it("a link inside of the folder is written through", async () => {
    const { root, init } = project({ "git/ignore": "a\n" });
    symlinkSync("git/ignore", join(root, ".gitignore"));
    expect((await init()).code).toBe(0);
    expect(readFileSync(join(root, "git/ignore"), "utf8")).toContain("# >>> sightline init");
  });

  it("services of the names that the stack brings", async () => {
    const { init } = project({ "compose.yml": "services: {sightline-loki: {image: a}}\n" });
    const { code, stderr } = await init();
    expect(code).toBe(1);
    expect(stderr).toContain('compose.yml has a service "sightline-loki"');
  });

  it("a block of .gitignore whose end is missing", async () => {
    const { root, init } = project({ ".gitignore": "a\n# >>> sightline init\nb\n" });
    const { code, stderr } = await init();
    expect(code).toBe(1);
    expect(stderr).toContain(".gitignore:2:1: ");
    expect(readdirSync(root)).toEqual([".gitignore"]);
  });
});

describe("questions", () => {
  it("where nobody can answer are refused with 64 and what to type", async () => {
    const { root, init } = project(SHOP);
    const { code, stderr } = await init([]);
    expect(code).toBe(64);
    expect(stderr).toContain("init asks before it writes");
    expect(stderr).toContain("--yes");
    expect(contents(root)).toEqual(SHOP);
  });

  it("are two, and Enter is an answer", async () => {
    const { root, init } = project(SHOP);
    const asked: string[] = [];
    const ask = async (question: string): Promise<string> => {
      asked.push(question);
      return "";
    };
    expect((await init([], { ask })).code).toBe(0);
    expect(asked).toHaveLength(2);
    expect(existsSync(join(root, "sightline.yaml"))).toBe(true);
    // Nothing is left to be asked.
    expect((await init([], { ask })).stdout).toContain("nothing to do");
    expect(asked).toHaveLength(2);
  });

  it("answered with an address make it the agent alone; with no, nothing", async () => {
    const { root, init } = project(SHOP);
    const answers = (yes: string) => async (question: string) =>
      question.includes("another machine") ? "http://10.0.0.1:4318" : yes;
    const refused = await init([], { ask: answers("n") });
    expect([refused.code, refused.stderr]).toEqual([1, "sightline: nothing was written\n"]);
    expect(contents(root)).toEqual(SHOP);
    await init([], { ask: answers("y") });
    expect(readFileSync(join(root, ".sightline/agent.json"), "utf8")).toContain("10.0.0.1");
  });

  it("are not asked by --dry-run, which writes nothing", async () => {
    const { root, data, init } = project(SHOP);
    const { code, stdout } = await init(["--dry-run"]);
    expect(code).toBe(0);
    expect(stdout).toContain("would write");
    expect(stdout).toMatch(/\+ +sightline\.yaml/);
    expect(contents(root)).toEqual(SHOP);
    expect(existsSync(data)).toBe(false);
  });
});

describe("options that do not fit", () => {
  it.each([
    [["--agent-only"], "--agent-only needs the collector's address"],
    [["--otlp-url", "http://a"], "--otlp-url is for --agent-only"],
    [["--agent-only", "--otlp-url", "observe"], "expected the collector's base address"],
    [["--agent-only", "--otlp-url", "https://u:pass@a"], "without credentials"],
    [["--agent-only", "--otlp-url", "https://a/v1/logs"], "/v1/logs"],
    [["--agent-only", "--otlp-url", "https://a/$" + "{B}"], "expected the collector's"],
  ])("%j", async (args, says) => {
    const { root, init } = project();
    const { code, stdout, stderr } = await init(["--yes", ...args]);
    expect([code, stdout]).toEqual([64, ""]);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain("u:pass");
    expect(readdirSync(root)).toEqual([]);
  });
});

/** Some files are there and the last one is not. A run that was faster than the signal counts for nothing. */
async function killedInTheMiddle(): Promise<Project> {
  const main = join(import.meta.dirname, "../../src/main.ts");
  for (let attempt = 0; attempt < 20; attempt++) {
    const killed = project(SHOP);
    const { root, data } = killed;
    const watcher = watch(root);
    const child = spawn(process.execPath, [main, "init", root, "--yes"], {
      env: { SIGHTLINE_DATA: data, HOME: "/nowhere" },
      stdio: "ignore",
    });
    const exit = once(child, "exit");
    watcher.once("change", () => child.kill("SIGKILL"));
    await exit;
    watcher.close();
    const hasBegun = existsSync(join(root, ".sightline"));
    if (hasBegun && !existsSync(join(root, ".gitignore"))) return killed;
  }
  throw new Error("20 runs, and none was killed in the middle");
}

function secretsOf(data: string): string[] {
  const folder = join(data, "secrets");
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
