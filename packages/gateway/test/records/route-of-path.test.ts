import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { routeOfPath } from "../../src/records/route-of-path.ts";

describe("the route of a page", () => {
  it.each([
    ["/", [], "/"],
    ["/orders/17", [], "/orders/:id"],
    ["/orders/17/items/5a2f6f0e-0d8f-5d7e-9c5c-0f6f9f0a7c11", [], "/orders/:id/items/:id"],
    ["/users/ann@example.com/", [], "/users/:id"],
    ["/reset/eyJhbGciOiJIUzI1NiJ9", [], "/reset/:id"],
    ["/about-us/team", [], "/about-us/team"],
    ["/v2/docs", [], "/v2/docs"],
    ["/shop/blue-shoes", ["/shop/:product"], "/shop/:product"],
    ["/files/a/b/c", ["/files/*"], "/files/*"],
    ["/files", ["/files/*"], "/files/*"],
    ["/shop/blue/shoes", ["/shop/:product"], "/shop/blue/shoes"],
  ] as const)("%s with %j is %s", (path, templates, route) => {
    expect(routeOfPath(path, templates)).toBe(route);
  });

  it("is bounded for any path", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3_000 }), (path) => {
        expect(routeOfPath(path, ["/a/:b"]).length).toBeLessThan(400);
      }),
    );
  });
});
