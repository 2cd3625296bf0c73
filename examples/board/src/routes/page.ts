import { readFileSync } from "node:fs";
import { join } from "node:path";
import express, { Router } from "express";
import type { PageGateway } from "../config.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PUBLIC_FOLDER = join(ROOT, "public");
/** The scripts, as build-page.mjs makes them. */
const BUILT_FOLDER = join(ROOT, "dist", "page");

export function pageRoutes(gateway: PageGateway | undefined): Router {
  const router = Router();
  const page = renderPage(gateway);
  // A route of its own, not the static folder's index: it shows up as `GET /` in metrics and traces.
  router.get("/", (_request, response) => {
    response.type("html").send(page);
  });
  router.use(express.static(PUBLIC_FOLDER, { index: false }));
  router.use(express.static(BUILT_FOLDER, { index: false }));
  return router;
}

/** Where the page sends stands in its first element: the policy allows no script in the page. */
function renderPage(gateway: PageGateway | undefined): string {
  const html = readFileSync(join(PUBLIC_FOLDER, "index.html"), "utf8");
  if (gateway === undefined) return html;
  const { url, key } = gateway;
  const attributes = `data-gateway-url="${escapeText(url)}" data-gateway-key="${escapeText(key)}"`;
  return html.replace("<html ", () => `<html ${attributes} `);
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

export function healthRoutes(): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.json({ status: "ok", uptimeSeconds: Math.round(process.uptime()) });
  });
  return router;
}
