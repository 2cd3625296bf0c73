import { AGENT_DEFAULTS } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { checkLogDriver } from "../../src/docker/log-driver.ts";
import { decideShipMode, matchesName } from "../../src/docker/ship-mode.ts";

const docker = AGENT_DEFAULTS.docker;

describe("whether a container's lines are shipped", () => {
  it("is what the default says where nobody said anything", () => {
    expect(decideShipMode("web", {}, docker)).toEqual({ mode: "ship" });
    expect(decideShipMode("web", {}, { ...docker, defaultShipMode: "tail" })).toEqual({
      mode: "tail",
    });
  });

  it("is no for what is excluded, and for what is not among the included", () => {
    expect(decideShipMode("ci-7", {}, { ...docker, exclude: ["ci-*"] }).mode).toBe("off");
    expect(decideShipMode("web", {}, { ...docker, include: ["api*"] }).mode).toBe("off");
    expect(decideShipMode("api-1", {}, { ...docker, include: ["api*"] }).mode).toBe("ship");
  });

  it("is what the container's own label says before all else", () => {
    const config = { ...docker, exclude: ["*"] };
    expect(decideShipMode("web", { "sightline.logs": "ship" }, config)).toEqual({ mode: "ship" });
  });

  it("names a label that says nothing it knows", () => {
    const decision = decideShipMode("web", { "sightline.logs": "yes" }, docker);
    expect(decision.mode).toBe("ship");
    expect(decision.fault).toBe(
      'label sightline.logs="yes" of container "web": expected one of ship, tail, off; it is treated as "ship"',
    );
  });
});

describe("pattern of a name", () => {
  it.each([
    ["web", "web", true],
    ["web", "web2", false],
    ["*", "anything", true],
    ["web-*", "web-", true],
    ["*-db-*", "shop-db-1", true],
    ["*-db-*", "shop-dbx1", false],
    ["a*b*c", "a-b-b-c", true],
    ["a*a", "a", false],
    ["x.y", "x-y", false],
  ])("%s of %s: %s", (pattern, name, expected) => {
    expect(matchesName(pattern, name)).toBe(expected);
  });
});

it("shows the beginning of a label that is no mode, without its terminal codes", () => {
  const label = `\u001b[31moff\nforged line ${"x".repeat(1_000)}`;
  const { fault = "" } = decideShipMode("web", { "sightline.logs": label }, docker);
  expect(fault).toContain('sightline.logs="off forged line x');
  expect(fault.length).toBeLessThan(250);
});

describe("log driver", () => {
  it.each(["json-file", "local", "journald"])("%s is readable", (Type) => {
    expect(checkLogDriver("web", { Type })).toEqual({ status: "readable" });
  });

  it("of another host is readable from Docker's own copy", () => {
    expect(checkLogDriver("web", { Type: "syslog" }).status).toBe("readable");
  });

  it.each([
    [{ Type: "none" }, 'its log driver "none" keeps nothing'],
    [
      { Type: "gelf", Config: { "cache-disabled": "true" } },
      'its log driver "gelf" keeps no copy on this host',
    ],
  ])("is refused in clear words where nothing can be read: %j", (driver, words) => {
    const support = checkLogDriver("web", driver);
    expect(support).toMatchObject({ status: "unreadable" });
    expect(JSON.stringify(support)).toContain(words.replaceAll('"', '\\"'));
    expect(JSON.stringify(support)).toContain("--log-driver json-file, local or journald");
  });
});
