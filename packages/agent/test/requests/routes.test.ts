import { describe, expect, it } from "vitest";
import { toRouteByRule } from "../../src/requests/route-rules.ts";
import {
  createRoutes,
  describeRouteOverflow,
  type RouteOverflow,
} from "../../src/requests/routes.ts";

describe("a route by rule", () => {
  it.each([
    ["/", "/"],
    ["//", "/"],
    ["/users", "/users"],
    ["/users/", "/users"],
    ["/api//users", "/api/users"],
    ["/users/42", "/users/{id}"],
    ["/users/42/orders/7", "/users/{id}/orders/{id}"],
    ["/users/-1", "/users/{id}"],
    ["/map/52.5200,13.4050", "/map/{id}"],
    ["/o/018f3e5c-7d2a-7cc1-8a5e-0f2b9d1c4e6a", "/o/{id}"],
    ["/o/018f3e5c7d2a7cc18a5e0f2b9d1c4e6a", "/o/{id}"],
    ["/commit/3f2a91bc", "/commit/{id}"],
    ["/commit/deadbeef", "/commit/deadbeef"],
    ["/o/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/o/{id}"],
    ["/reports/2025-10-10", "/reports/{id}"],
    ["/reports/2025-10", "/reports/{id}"],
    ["/reports/20251010T135536Z", "/reports/{id}"],
    ["/people/ann@example.com", "/people/{id}"],
    ["/people/ann%40example.com", "/people/{id}"],
    ["/order-4711", "/{id}"],
    ["/watch/dQw4w9WgXcQ", "/watch/{id}"],
    ["/customers/cus_NffrFeUfNV2Hib", "/customers/{id}"],
    ["/t/eyJhbGciOiJIUzI1NiJ9", "/t/{id}"],
    ["/n/V1StGXR8_Z5jdHi6B-myT", "/n/{id}"],
    ["/names/%E4%BD%A0%E5%A5%BD", "/names/{id}"],
    ["/bad/%zz", "/bad/{id}"],
    ["/x;jsessionid=ABC123", "/x"],
    ["/a b", "/{id}"],
    ["/api/v1/oauth2/callback", "/api/v1/oauth2/callback"],
    ["/OAuth2Callback", "/OAuth2Callback"],
    ["/getUserByEmailAddress", "/getUserByEmailAddress"],
    ["/terms-and-conditions", "/terms-and-conditions"],
    ["/.well-known/security.txt", "/.well-known/security.txt"],
    ["/index.php", "/index.php"],
    ["/assets/app.3f2a91bc.js", "/assets/{file}.js"],
    ["/assets/css/main.css", "/assets/css/{file}.css"],
    ["/favicon.ico", "/{file}.ico"],
    ["/uploads/2025/10/Photo%201.JPG", "/uploads/{id}/{id}/{file}.jpg"],
    [`/s/${"x".repeat(900)}`, "/s/{id}"],
    ["/a/b/c/d/e/f/g/h/i/j/k/l/m/n", "/a/b/c/d/e/f/g/h/i/j/k/l/{rest}"],
  ])("makes of %s %s", (path, route) => {
    expect(toRouteByRule(path)).toBe(route);
  });

  it("is the same for its own result, so that templates that users write are stable", () => {
    for (const path of ["/users/42/a/2025-01-01", "/a/app.js"]) {
      const route = toRouteByRule(path);
      expect(toRouteByRule(route.replaceAll("{id}", "7").replace("{file}", "x"))).toBe(route);
    }
  });
});

function setUp(own: Readonly<Record<string, readonly string[]>> = {}, maxRoutes = 200) {
  const overflows: RouteOverflow[] = [];
  const routes = createRoutes({ routes: own, maxRoutes }, (overflow) => overflows.push(overflow));
  return { overflows, nameOf: routes.nameOf };
}

describe("routes", () => {
  it("take the user's templates first, in their order", () => {
    const { nameOf } = setUp({
      web: ["/users/me", "/users/{name}", "/files/{path...}", "/old/:slug/edit"],
    });
    expect(nameOf("web", "/users/me", 200)).toBe("/users/me");
    expect(nameOf("web", "/users/ann/", 200)).toBe("/users/{name}");
    expect(nameOf("web", "/users/ann", 404)).toBe("/users/{name}");
    expect(nameOf("web", "/files/a/b/c", 200)).toBe("/files/{path...}");
    expect(nameOf("web", "/files", 200)).toBe("/files");
    expect(nameOf("web", "/old/a-long-story/edit", 200)).toBe("/old/:slug/edit");
    expect(nameOf("other", "/users/ann", 200)).toBe("/users/ann");
  });

  it("come from answers of the service, not from what scanners ask for", () => {
    const { nameOf } = setUp();
    for (const status of [400, 401, 403, 404, 405, 410, 429, 301, 308, undefined]) {
      expect(nameOf("web", "/wp-login.php", status)).toBeUndefined();
      expect(nameOf("web", "/.env", status)).toBeUndefined();
    }
    expect(nameOf("web", "/login", 302)).toBe("/login");
    expect(nameOf("web", "/cached", 304)).toBe("/cached");
  });

  it("take every status once they are known", () => {
    const { nameOf } = setUp();
    expect(nameOf("web", "/users/1", 404)).toBeUndefined();
    expect(nameOf("web", "/users/2", 200)).toBe("/users/{id}");
    expect(nameOf("web", "/users/3", 404)).toBe("/users/{id}");
  });

  it("show what always fails, and leave room for the rest while everything fails", () => {
    const { nameOf, overflows } = setUp({}, 8);
    const failing = ["/a", "/b", "/c", "/d"].map((path) => nameOf("web", path, 502));
    expect(failing).toEqual(["/a", "/b", "_other", "_other"]);
    const answered = ["/p", "/q", "/r", "/s", "/t", "/u"].map((path) => nameOf("web", path, 200));
    expect(answered).toEqual(["/p", "/q", "/r", "/s", "/t", "/u"]);
    expect(overflows).toEqual([]);
  });

  it("past the limit are _other, said once with where they come from; templates always fit", () => {
    const { nameOf, overflows } = setUp({ web: ["/own/{id}"] }, 3);
    for (const path of ["/blog/a", "/blog/b", "/about"]) nameOf("web", path, 200);
    expect(nameOf("web", "/blog/c", 200)).toBe("_other");
    expect(nameOf("web", "/blog/d", 200)).toBe("_other");
    expect(nameOf("web", "/blog/a", 200)).toBe("/blog/a");
    expect(nameOf("web", "/own/x", 200)).toBe("/own/{id}");
    expect(nameOf("other", "/blog/c", 200)).toBe("/blog/c");
    expect(overflows).toEqual([
      { service: "web", route: "/blog/c", maxRoutes: 3, crowded: { prefix: "/blog/", routes: 2 } },
    ]);
    expect(overflows.map(describeRouteOverflow)).toEqual([
      'The service "web" has more than 3 routes: "/blog/c" and all other new ones are counted together as "_other". Most of them (2) begin with "/blog/"; give them one template, as in accessLogs.routes: {"web": ["/blog/{name}"]}',
    ]);
  });
});
