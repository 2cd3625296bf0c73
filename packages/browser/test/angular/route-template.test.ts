import { describe, expect, it } from "vitest";
import { type RouteNode, routeTemplate } from "../../src/angular/route-template.ts";

/** A snapshot as the router gives it, from `path` down to `children`. */
function node(part: Partial<RouteNode>, ...children: readonly RouteNode[]): RouteNode {
  return { routeConfig: null, url: [], params: {}, outlet: "primary", children, ...part };
}
const route = (path: string, ...children: readonly RouteNode[]): RouteNode =>
  node({ routeConfig: { path } }, ...children);
const segments = (...paths: readonly string[]) => paths.map((path) => ({ path }));

describe("routeTemplate", () => {
  it.each<[string, RouteNode, string]>([
    ["nothing but the root", node({}), "/"],
    ["an empty path", node({}, route("")), "/"],
    ["a parameter", node({}, route("orders/:id")), "/orders/:id"],
    ["nested routes", node({}, route("shop", route("", route(":id/edit")))), "/shop/:id/edit"],
    ["everything else", node({}, route("**")), "/**"],
    ["slashes at the ends", node({}, route("orders/")), "/orders"],
  ])("tells %s", (_, root, template) => {
    expect(routeTemplate(root)).toBe(template);
  });

  it("leaves other outlets out", () => {
    const popup = node({ routeConfig: { path: "compose" }, outlet: "popup" });
    expect(routeTemplate(node({}, popup, route("inbox")))).toBe("/inbox");
  });

  it("tells parameters of a matcher by name, and no text that the address has", () => {
    const matched = node({
      routeConfig: { matcher: () => null },
      url: segments("users", "ann@example.com"),
      params: { name: "ann@example.com" },
    });
    expect(routeTemplate(node({}, matched))).toBe("/*/:name");
  });
});
