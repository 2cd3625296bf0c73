import type { Routes } from "@angular/router";
import { ReportPage } from "./report-page";

export const reportRoutes: Routes = [{ path: ":report", component: ReportPage }];
