import type { Routes } from "@angular/router";
import { readOrder } from "./orders";
import { HomePage } from "./pages/home-page";

export const routes: Routes = [
  { path: "", pathMatch: "full", component: HomePage },
  {
    path: "orders/:id",
    resolve: { order: readOrder },
    // A chunk of its own, loaded when the page is first wanted.
    loadComponent: () => import("./pages/order-page").then((module) => module.OrderPage),
  },
  { path: "old-orders/:id", redirectTo: "orders/:id" },
  {
    path: "reports",
    loadChildren: () => import("./pages/reports.routes").then((module) => module.reportRoutes),
  },
];
