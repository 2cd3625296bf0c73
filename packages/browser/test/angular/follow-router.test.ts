import "@angular/compiler";
import { NavigationEnd, NavigationError } from "@angular/router";
import { Subject } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { followRouter } from "../../src/angular/follow-router.ts";
import type { Sightline } from "../../src/sightline-options.ts";

type Followed = Parameters<typeof followRouter>[0];

let told: unknown[][];
const sightline = {
  setRoute: (template) => told.push(["route", template]),
  reportError: (error, details) => told.push(["error", error, details]),
} as Partial<Sightline> as Sightline;

function fakeRouter(path: string, navigated = false) {
  const events = new Subject<NavigationEnd | NavigationError>();
  const leaf = { routeConfig: { path }, url: [], params: {}, outlet: "primary", children: [] };
  const router = {
    events,
    navigated,
    routerState: { snapshot: { root: { ...leaf, routeConfig: null, children: [leaf] } } },
  };
  return { events, router: router as unknown as Followed };
}

beforeEach(() => {
  told = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("followRouter", () => {
  it("tells the template at the end of each navigation, until it is ended", () => {
    const { events, router } = fakeRouter("orders/:id");
    const end = followRouter(router, sightline);
    expect(told).toEqual([]);
    events.next(new NavigationEnd(1, "/orders/7", "/orders/7"));
    end();
    events.next(new NavigationEnd(2, "/orders/8", "/orders/8"));
    expect(told).toEqual([["route", "/orders/:id"]]);
  });

  it("tells where a router is that has navigated already", () => {
    followRouter(fakeRouter("orders/:id", true).router, sightline);
    expect(told).toEqual([["route", "/orders/:id"]]);
  });

  it("tells what failed a navigation and came no other way, without a wrapper of zone.js", () => {
    const { events, router } = fakeRouter("");
    followRouter(router, sightline);
    const thrown = new Error("the resolver failed");
    const wrapped = Object.assign(new Error("Uncaught (in promise)"), { rejection: thrown });
    events.next(new NavigationError(1, "/orders/7", wrapped));
    expect(told).toEqual([]);
    vi.runAllTimers();
    expect(told).toEqual([["error", thrown, { handled: true }]]);
  });

  it("leaves texts to the way on which they come again", () => {
    const { events, router } = fakeRouter("");
    followRouter(router, sightline);
    events.next(new NavigationError(1, "/orders/7", "a text"));
    vi.runAllTimers();
    expect(told).toEqual([]);
  });
});
