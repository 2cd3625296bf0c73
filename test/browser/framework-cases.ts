import type { Page } from "playwright-core";

/** A way for a page to fail, and what must be told of it. */
export interface FailureCase {
  /** Ends the test's name. */
  readonly where: string;
  /** Path to be on. */
  readonly path: string;
  readonly fail: (page: Page) => Promise<void>;
  readonly type: string;
  readonly message: string;
  /** Of the source. Absent where the error has no stack. */
  readonly place?: { readonly file: string; readonly function: string };
  readonly handled: boolean;
  /** Default 1. */
  readonly timesPrinted?: number;
  /** Template that it is told with. */
  readonly route: string;
}

const press = (name: string) => (page: Page) => page.getByRole("button", { name }).click();
const follow = (name: string) => (page: Page) =>
  page.getByRole("link", { name, exact: true }).click();

const IN_HANDLER: FailureCase = {
  where: "in an event handler",
  path: "/",
  fail: press("Check out"),
  type: "RangeError",
  message: "the cart is empty",
  place: { file: "src/orders.ts", function: "totalOf" },
  handled: false,
  route: "/",
};

const IN_LAZY_CHUNK: FailureCase = {
  where: "in a chunk that is loaded when it is wanted",
  path: "/reports",
  fail: press("Export"),
  type: "TypeError",
  message: "2 rows have no format",
  place: { file: "src/pages/reports-page.tsx", function: "exportRows" },
  handled: false,
  route: "/reports",
};

export const REACT_CASES: readonly FailureCase[] = [
  IN_HANDLER,
  IN_LAZY_CHUNK,
  {
    where: "in a component below a boundary of ours",
    path: "/",
    fail: press("Show the cart"),
    type: "TypeError",
    message: "Cannot read properties of undefined (reading 'map')",
    place: { file: "src/pages/home-page.tsx", function: "Cart" },
    handled: true,
    route: "/",
  },
  {
    where: "in a component below the router's own boundary",
    path: "/reports",
    fail: press("Draw"),
    type: "TypeError",
    message: "Cannot read properties of undefined (reading 'getContext')",
    place: { file: "src/pages/reports-page.tsx", function: "drawChart" },
    handled: true,
    // By the router, and by React.
    timesPrinted: 2,
    route: "/reports",
  },
  {
    where: "in a loader of a route",
    path: "/",
    fail: follow("Order 13"),
    type: "Error",
    message: "order 13 has no customer",
    place: { file: "src/orders.ts", function: "readOrder" },
    handled: true,
    // The router shows its error element, and says nothing.
    timesPrinted: 0,
    route: "/orders/:id",
  },
  {
    where: "in a promise that nobody waits for",
    path: "/",
    fail: press("Pay"),
    type: "Error",
    message: "paying failed with 503",
    place: { file: "src/orders.ts", function: "payFor" },
    handled: false,
    route: "/",
  },
];

export const ANGULAR_CASES: readonly FailureCase[] = [
  { ...IN_HANDLER, place: { file: "src/app/orders.ts", function: "totalOf" } },
  {
    ...IN_LAZY_CHUNK,
    path: "/reports/sales",
    place: { file: "src/app/pages/report-page.ts", function: "exportRows" },
    route: "/reports/:report",
  },
  {
    where: "in the template of a component",
    path: "/",
    fail: press("Show the cart"),
    type: "TypeError",
    message: "Cannot read properties of undefined (reading 'at')",
    place: { file: "src/app/pages/cart.ts", function: "Cart.firstPrice" },
    handled: false,
    route: "/",
  },
  {
    where: "in a resolver of a route",
    path: "/",
    fail: follow("Order 13"),
    type: "Error",
    message: "order 13 has no customer",
    place: { file: "src/app/orders.ts", function: "readOrder" },
    handled: false,
    route: "/",
  },
  {
    where: "in a promise that nobody waits for",
    path: "/",
    fail: press("Reserve"),
    type: "Error",
    message: "order 7 cannot be reserved",
    place: { file: "src/app/orders.ts", function: "reserve" },
    handled: false,
    route: "/",
  },
  {
    where: "in a request of the HttpClient that nobody watches",
    path: "/",
    fail: press("Pay"),
    type: "HttpErrorResponse",
    message: "/status/503",
    handled: false,
    route: "/",
  },
];
