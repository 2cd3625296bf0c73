import type { RequestHandler } from "express";
import type { PageGateway } from "./config.ts";

const CONTENT_SECURITY_POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/** The page may send to its own server and to the gateway, and to nobody else. */
export function securityHeaders(gateway: PageGateway | undefined): RequestHandler {
  const policy = gateway
    ? `${CONTENT_SECURITY_POLICY}; connect-src 'self' ${new URL(gateway.url).origin}`
    : CONTENT_SECURITY_POLICY;
  return (_request, response, next) => {
    response.setHeader("content-security-policy", policy);
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("referrer-policy", "same-origin");
    next();
  };
}

/** Any page in the same browser can post to a port on loopback; only our own page may. */
export const refuseForeignPages: RequestHandler = (request, response, next) => {
  const site = request.get("sec-fetch-site");
  const isForeign = site === "cross-site" || site === "same-site";
  if (request.method !== "POST" || !isForeign) return next();
  response.status(403).json({ error: { message: "this request came from another site's page" } });
};
