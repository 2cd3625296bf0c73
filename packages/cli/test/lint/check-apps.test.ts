import { describe, expect, it } from "vitest";
import { checkApps } from "../../src/lint/check-apps.ts";
import { readSpec } from "../../src/spec/read-spec.ts";

function shown(text: string): readonly string[] {
  const read = readSpec("sightline.yaml", text);
  if (read.status === "invalid") throw new Error(JSON.stringify(read.faults));
  return checkApps(read.document).map(
    ({ check, message, place }) => `${place?.line} ${check}: ${message}`,
  );
}

describe("lint of apps", () => {
  it("is silent about an app of a shop, and about one that is being written", () => {
    expect(
      shown(`
services: [{name: shop-web, kind: frontend}, {name: shop}]
apps:
  - {name: shop-web, key: shop-key-1, origins: [https://shop.example.org, http://intranet:8080]}
  - {name: shop-web-dev, key: shop-key-2, origins: [http://localhost:4200, http://127.0.0.1:4200]}
targets: [{name: here}, {name: staging, environment: staging}]
`),
    ).toEqual([]);
  });

  it("tells of an app that nobody can send for, unless it is switched off", () => {
    const text = "apps:\n  - {name: shop, key: shop-key-1}\n";
    expect(shown(text)).toEqual(['2 app-closed: no page may send for the app "shop"']);
    expect(shown(text.replace("key-1", "key-1, enabled: false"))).toEqual([]);
  });

  it("tells of pages that come unencrypted from a public host", () => {
    expect(
      shown(`
apps:
  - name: shop
    key: shop-key-1
    origins:
      - https://shop.example.org
      - http://shop.example.org
      - http://10.0.0.7
`),
    ).toEqual(["7 app-plain-http: the pages of http://shop.example.org come unencrypted"]);
  });

  it("tells of a localhost that was left over, and of any where a target is production", () => {
    const words =
      "app-local-origin: http://localhost:4200 is the machine of whoever opens the page";
    const app = (origins: string) =>
      `apps:\n  - {name: shop, key: shop-key-1, origins: [${origins}]}\n`;
    expect(shown(app("https://shop.example.org, http://localhost:4200"))).toEqual([`2 ${words}`]);
    const production = "targets: [{name: live, environment: production}]\n";
    expect(shown(app("http://localhost:4200") + production)).toEqual([`2 ${words}`]);
  });

  it("tells of an app that has the name of a server", () => {
    expect(
      shown(`
services: [{name: shop, kind: service}]
apps:
  - {name: shop, key: shop-key-1, origins: [https://shop.example.org]}
`),
    ).toEqual(['4 app-like-service: the app "shop" and the service "shop" would be one']);
  });
});
