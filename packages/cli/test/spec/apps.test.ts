import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/fault.ts";
import { isLoopbackOrigin, isPrivateOrigin } from "../../src/spec/origin.ts";
import { readSpec } from "../../src/spec/read-spec.ts";
import { compileText, modelOf } from "../support/compile-text.ts";

function faultsOf(text: string): readonly Fault[] {
  const result = readSpec("sightline.yaml", text);
  return result.status === "ok" ? compileText(text).faults : result.faults;
}

const shown = (text: string): string =>
  faultsOf(text)
    .map(
      ({ place, message, advice }) => `${place?.line}: ${message}${advice ? ` (${advice})` : ""}`,
    )
    .join("\n");

const originFault = (origin: string): string =>
  shown(`apps: [{name: shop, key: shop-key-1, origins: [${JSON.stringify(origin)}]}]`);

describe("an app", () => {
  it("of a name, a key and origins is all that the gateway needs", () => {
    const { gateway } = modelOf(`
apps:
  - name: shop-web
    key: shop-key-1
    origins: [https://shop.example.org]
`);
    expect(gateway.apps).toEqual([
      {
        serviceName: "shop-web",
        keys: ["shop-key-1"],
        origins: ["https://shop.example.org"],
        enabled: true,
        maxRequestsPerMinute: 300,
        maxBytesPerMinute: 60_000_000,
        maxSameErrorsPerMinute: 30,
        routes: [],
      },
    ]);
  });

  it("has limits, routes, several keys and a switch", () => {
    const { gateway } = modelOf(`
apps:
  - name: shop-web
    keys: [shop-key-2, shop-key-1]
    origins: [https://shop.example.org]
    enabled: false
    limits: {requests_per_minute: 60, size_per_minute: 5MB, same_errors_per_minute: 3}
    routes: ["/orders/:id"]
`);
    expect(gateway.apps?.[0]).toMatchObject({
      keys: ["shop-key-2", "shop-key-1"],
      enabled: false,
      maxRequestsPerMinute: 60,
      maxBytesPerMinute: 5_000_000,
      maxSameErrorsPerMinute: 3,
      routes: ["/orders/:id"],
    });
  });

  it("without a key is given a fresh one to paste, another each time", () => {
    const text = "apps:\n  - name: shop\n    origins: [https://shop.example.org]\n";
    const keys = [shown(text), shown(text)].map((words) => {
      const [, key] =
        /^2: an app needs a key .*\(a fresh one to paste: key: (k[0-9a-f]{24})\)$/.exec(
          words,
        ) as RegExpExecArray;
      return key as string;
    });
    expect(new Set(keys).size).toBe(2);
    const [key] = keys;
    expect(shown(text.replace("origins", `key: ${key}\n    origins`))).toBe("");
  });

  it("cannot share a key or a name with another", () => {
    expect(
      shown(`
apps:
  - {name: shop, key: one-key-for-all}
  - {name: blog, keys: [blog-key-1, one-key-for-all, blog-key-1]}
`),
    ).toBe(
      '4: "shop" has the key "one-key-for-all" already, in line 3 (give each app a key of its own)\n' +
        '4: it has the key "blog-key-1" already, in line 4 (give each app a key of its own)',
    );
    expect(shown("apps:\n- {name: shop, key: shop-key-1}\n- {name: shop, key: shop-key-2}")).toBe(
      '3: two apps are named "shop"; the other is in line 2 (give one of them another name)',
    );
  });

  it("is refused where the gateway would not start with it", () => {
    expect(
      shown(`
gateway:
  max_body_size: 17MiB
  map_cache_size: 1kB
  maps_folder: /srv/../etc
  otlp_url: http://collector:4318/v1/logs
`),
    ).toBe(
      [
        "3: expected a size from 1KiB to 16MiB, got 17,825,792 bytes",
        "4: expected a size from 1MiB to 16GiB, got 1,000 bytes",
        '5: expected an absolute path, got "/srv/../etc"',
        '6: expected the base, without /v1/logs, got "http://collector:4318/v1/logs"',
      ].join("\n"),
    );
  });

  it("is told everything that is wrong with it at once", () => {
    const words = shown(`
apps:
  - name: ../etc
    key: short
    keys: [x]
    origins: ["*"]
    limits: {requests_per_minute: 0, size_per_minute: 5}
    routes: [orders]
gateway: {trusted_proxies: [10.0.0.0/33, nobody], redaction: {deny_patterns: ["("]}, max_depth: 65}
`);
    for (const part of [
      '3: expected a name of small letters, digits, ".", "_" and "-", such as "shop-web", got "../etc"',
      '4: expected a key of 8 to 64 letters, digits, "_" and "-", got "short"',
      "5: key and keys stand beside each other; expected one of them",
      "6: expected an origin",
      "7: expected at least 1, got the number 0",
      "7: expected a size with a unit",
      '8: expected the route of a page, such as "/orders/:id", got "orders"',
      '9: expected an address or a network, such as "10.0.0.7" or "10.0.0.0/8", got "10.0.0.0/33"',
      'got "nobody"',
      "9: expected a regular expression",
      "9: expected at most 64, got the number 65",
    ]) {
      expect(words).toContain(part);
    }
  });
});

describe("an origin", () => {
  it.each([
    "https://shop.example.org",
    "http://localhost:8700",
    "https://xn--bcher-kva.example:8443",
    "http://[::1]:4200",
  ])("%s is taken as browsers send it", (origin) => {
    expect(originFault(origin)).toBe("");
  });

  it.each([
    ["*", "a * would let in whoever gets a name that fits it"],
    ["https://*.example.org", "a * would let in"],
    ["null", "every sandboxed frame and every local file sends"],
    ["shop.example.org", "expected a scheme and a host"],
    ["localhost:8700", 'expected https or http, got "localhost://"'],
    ["file:///srv/page.html", 'expected https or http, got "file://"'],
    ["https://shop.example.org/", 'without "/" it is "https://shop.example.org"'],
    ["https://shop.example.org/app?x=1", 'without "/app?x=1" it is "https://shop.example.org"'],
    ["https://shop.example.org:443", 'browsers send "https://shop.example.org"'],
    ["https://Shop.Example.org", 'browsers send "https://shop.example.org"'],
    ["https://bücher.example", 'browsers send "https://xn--bcher-kva.example"'],
    ["https://me:secret@shop.example.org", "an origin has no user name"],
    [" https://shop.example.org", 'browsers send "https://shop.example.org"'],
  ])("%s is refused, with the reason", (origin, reason) => {
    expect(originFault(origin)).toContain(reason);
  });

  it("is of this machine, of a private network or public", () => {
    const kinds = [
      "http://localhost:4200",
      "http://127.0.0.1:8700",
      "http://[::1]",
      "http://192.168.1.20",
      "http://intranet",
      "http://shop.internal",
      "http://shop.example.org",
      "http://10.example.org",
    ].map((origin) => [isLoopbackOrigin(origin), isPrivateOrigin(origin)].map(Number).join(""));
    expect(kinds).toEqual(["11", "11", "11", "01", "01", "01", "00", "00"]);
  });
});
