import type { RouteObject } from "react-router";
import { readOrder } from "./orders.ts";
import { HomePage } from "./pages/home-page.tsx";
import { Layout } from "./pages/layout.tsx";
import { RouteFailure } from "./pages/route-failure.tsx";

export const routes: RouteObject[] = [
  {
    path: "/",
    Component: Layout,
    children: [
      {
        ErrorBoundary: RouteFailure,
        children: [
          { index: true, Component: HomePage },
          {
            path: "orders/:id",
            loader: ({ params }) => readOrder(params["id"] ?? ""),
            // A chunk of its own, loaded when the page is first wanted.
            lazy: async () => ({ Component: (await import("./pages/order-page.tsx")).OrderPage }),
          },
          {
            path: "reports",
            lazy: async () => ({
              Component: (await import("./pages/reports-page.tsx")).ReportsPage,
            }),
          },
        ],
      },
    ],
  },
];
