import { describe, expect, it } from "vitest";
import { parseCompose } from "../../src/init/parse-compose.ts";

function parse(text: string): ReturnType<typeof parseCompose> {
  return parseCompose("compose.yml", text);
}

function serviceOf(text: string): unknown {
  const result = parse(`services:\n  api:\n    ${text.replaceAll("\n", "\n    ")}\n`);
  if (result.status !== "ok") throw new Error(JSON.stringify(result.faults));
  return result.file.services[0];
}

describe("what is read of a Compose file", () => {
  it.each([
    ["build: ./api/", { build: { context: "api", dockerfile: "api/Dockerfile" } }],
    ["build: .", { build: { context: ".", dockerfile: "Dockerfile" } }],
    [
      "build: {context: ., dockerfile: apps/api/Dockerfile}",
      { build: { context: ".", dockerfile: "apps/api/Dockerfile" } },
    ],
    ["ports: ['80:80', {published: 443, target: 8443}]", { ports: ["80:80", "443:8443"] }],
    ["networks: {back: {aliases: [a]}}", { networks: ["back"] }],
    ["network_mode: host", { networkMode: "host" }],
    ["env_file: ./.env.api", { envFiles: [".env.api"] }],
    ["env_file: [{path: a.env, required: false}, b.env]", { envFiles: ["a.env", "b.env"] }],
    ["volumes: ['./nginx:/etc/nginx:ro', 'data:/data']", { mounts: ["nginx"] }],
    ["volumes: [{type: bind, source: ./a.conf, target: /a}]", { mounts: ["a.conf"] }],
    ["extends: {service: base}", { extends: true }],
  ])("%s", (text, expected) => {
    expect(serviceOf(text)).toMatchObject(expected);
  });

  it("a build from a repository has no folder here", () => {
    expect(serviceOf("build: https://example.org/shop.git")).not.toHaveProperty("build");
  });

  it("keeps names of variables and labels of routers, and no value that may be a secret", () => {
    const text = `environment: {A: secret-1, B: }
labels:
  - "traefik.http.routers.api.rule=Host(\`a.example.org\`)"
  - "traefik.http.middlewares.auth.basicauth.users=secret-2"`;
    const service = serviceOf(text);
    expect(service).toMatchObject({ environment: ["A", "B"] });
    expect(JSON.stringify(service)).toContain("a.example.org");
    expect(JSON.stringify(service)).not.toContain("secret-");
    expect(JSON.stringify(serviceOf("environment: [A=secret-1, B]"))).not.toContain("secret-");
  });

  it("takes fragments, merge keys and Compose's own tags", () => {
    const result = parse(
      "x-a: &a {image: postgres:17}\nservices:\n  db: {<<: *a, ports: !reset []}\n",
    );
    expect(result).toMatchObject({
      status: "ok",
      file: { services: [{ name: "db", image: "postgres:17" }] },
    });
  });

  it("takes a fragment that 300 services share", () => {
    const services = Array.from({ length: 300 }, (_, n) => `  s${n}: {<<: *a}`).join("\n");
    expect(parse(`x-a: &a {image: busybox}\nservices:\n${services}\n`).status).toBe("ok");
  });
});

describe("what cannot be read", () => {
  it("is named with line and column, all of it at once", () => {
    const result = parse("services:\n  api:\n    image: a\n    image: b\n   bad: [\n");
    expect(result.status).toBe("faults");
    const faults = result.status === "faults" ? result.faults : [];
    expect(faults.length).toBeGreaterThan(1);
    expect(faults[0]).toMatchObject({ path: "compose.yml", line: 4, column: 5 });
    expect(faults[0]?.message).toBe("Map keys must be unique");
  });

  it.each(["just text", "[a, b]", "services: [a]", ""])("%j is no Compose file", (text) => {
    expect(parse(text)).toMatchObject({ status: "faults", faults: [{ line: 1, column: 1 }] });
  });

  it("a bomb of aliases is refused", () => {
    const levels = Array.from(
      { length: 12 },
      (_, n) => `x${n + 1}: &x${n + 1} [${`*x${n},`.repeat(10)}]`,
    );
    const result = parse(`x0: &x0 [a]\n${levels.join("\n")}\nservices: {}\n`);
    expect(result).toMatchObject({ status: "faults" });
    expect(JSON.stringify(result)).toContain("Excessive alias count");
  });
});
