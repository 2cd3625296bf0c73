import { ATTRIBUTE, type Attributes, type AttributeValue, type GatewayApp } from "@sightline/core";
import { type UserKey, userHash } from "@sightline/wire";
import type { FaroPage } from "../faro/faro-payload.ts";
import { routeOfPath } from "./route-of-path.ts";
import { hashText } from "./text-hash.ts";

/** What all records of one payload share. */
export interface PageFacts {
  readonly service: string;
  readonly release: string | undefined;
  readonly userHash: string | undefined;
  readonly visitorHash: string | undefined;
  readonly sessionId: string | undefined;
  readonly previousSessionId: string | undefined;
  /** Attributes of every line. */
  readonly attributes: Attributes;
  /** Tells this page's records from those of others. */
  readonly seed: number;
}

/** What a page's own random id is hashed with in front, so that it never equals a user's hash. */
const VISITOR = "visitor:";

export function toPageFacts(page: FaroPage, app: GatewayApp, key: UserKey): PageFacts {
  const { sessionId, browser } = page;
  const user = page.userId === undefined ? undefined : userHash(page.userId, key);
  const visitor =
    page.installationId === undefined ? undefined : userHash(VISITOR + page.installationId, key);
  const attributes: Record<string, AttributeValue> = {};
  const set = (name: string, value: AttributeValue | undefined): void => {
    if (value !== undefined && value !== "") attributes[name] = value;
  };
  set(ATTRIBUTE.sessionId, sessionId);
  set(ATTRIBUTE.userHash, user);
  set(ATTRIBUTE.visitorHash, visitor);
  set(ATTRIBUTE.browserRoute, routeOf(page, app));
  set(ATTRIBUTE.userAgentName, browser.name);
  set(ATTRIBUTE.userAgentVersion, browser.version);
  set(ATTRIBUTE.userAgentOsName, browser.osName);
  set(ATTRIBUTE.browserMobile, browser.mobile);
  set(ATTRIBUTE.browserLanguage, browser.language);
  return {
    service: app.serviceName,
    release: page.release,
    userHash: user,
    visitorHash: visitor,
    sessionId,
    previousSessionId: page.previousSessionId,
    attributes,
    seed: hashText(hashText(0, app.serviceName), sessionId ?? visitor ?? user ?? ""),
  };
}

function routeOf({ view, path }: FaroPage, { routes }: GatewayApp): string | undefined {
  if (view !== undefined) return view;
  return path === undefined ? undefined : routeOfPath(path, routes);
}
