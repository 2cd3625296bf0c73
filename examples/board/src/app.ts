import express, { type Express } from "express";
import type { Logger } from "winston";
import type { PageGateway } from "./config.ts";
import { currentUser } from "./current-user.ts";
import type { Database } from "./database.ts";
import { failedRequest, unknownAddress } from "./errors.ts";
import { requestLog } from "./request-log.ts";
import { debugRoutes } from "./routes/debug.ts";
import { healthRoutes, pageRoutes } from "./routes/page.ts";
import { postRoutes } from "./routes/posts.ts";
import { reportRoutes } from "./routes/report.ts";
import { searchRoutes } from "./routes/search.ts";
import { weatherRoutes } from "./routes/weather.ts";
import { refuseForeignPages, securityHeaders } from "./security.ts";

export interface BoardParts {
  readonly logger: Logger;
  readonly database: Database;
  readonly weatherUrl: string;
  readonly allowDebug: boolean;
  readonly gateway: PageGateway | undefined;
}

export function createApp(parts: BoardParts): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(currentUser);
  app.use(requestLog(parts.logger));
  app.use(securityHeaders(parts.gateway), refuseForeignPages);
  app.use(express.json({ limit: "64kb" }));
  app.use(healthRoutes());
  app.use(postRoutes(parts.database));
  app.use(searchRoutes(parts.database));
  app.use(reportRoutes(parts.database, parts.weatherUrl));
  app.use(weatherRoutes(parts.weatherUrl));
  if (parts.allowDebug) app.use(debugRoutes());
  app.use(pageRoutes(parts.gateway));
  app.use(unknownAddress);
  app.use(failedRequest);
  return app;
}
