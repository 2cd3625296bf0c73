import { join } from "node:path";
import express, { Router } from "express";

const PUBLIC_FOLDER = join(import.meta.dirname, "..", "..", "public");

export function pageRoutes(): Router {
  const router = Router();
  // A route of its own, not the static folder's index: it shows up as `GET /` in metrics and traces.
  router.get("/", (_request, response) => {
    response.sendFile("index.html", { root: PUBLIC_FOLDER });
  });
  router.use(express.static(PUBLIC_FOLDER, { index: false }));
  return router;
}

export function healthRoutes(): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.json({ status: "ok", uptimeSeconds: Math.round(process.uptime()) });
  });
  return router;
}
