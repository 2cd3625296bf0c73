import type { Meta, TransportItem } from "@grafana/faro-core";
import type { Place } from "../navigation/routes.ts";
import type { Session } from "../sessions/session.ts";
import { browserMeta } from "./browser-meta.ts";

export interface PageMetaOptions {
  readonly release: string | undefined;
  readonly userId: () => string | undefined;
  readonly installationId: () => string | undefined;
  readonly session: () => Session;
  readonly place: () => Place;
}

/** Where, with what and who, as Faro has it; what is not known is absent. */
export function createPageMeta(options: PageMetaOptions): () => Meta {
  const { installationId, place, release, session, userId } = options;
  const browser = browserMeta(navigator.userAgent, navigator.language);
  return () => {
    const { id, previousId } = session();
    const user = userId();
    const installation = installationId();
    return {
      app: {
        ...(release === undefined ? {} : { version: release }),
        ...(installation === undefined ? {} : { installationId: installation }),
      },
      sdk: { name: "@sightline/browser" },
      browser,
      session: { id, attributes: previousId === undefined ? {} : { previousSession: previousId } },
      ...(user === undefined ? {} : { user: { id: user } }),
      ...placeMeta(place()),
    };
  };
}

/** What of web vitals is about the page that was loaded, wherever the user is by then. */
const OF_LANDING = ["lcp", "fcp", "ttfb"];

/** @param landing where the page was when it was loaded. */
export function placeVital(item: TransportItem, landing: Place): TransportItem {
  const { values } = item.payload as { values?: Record<string, number> };
  if (values === undefined || !OF_LANDING.some((name) => name in values)) return item;
  return { ...item, meta: { ...item.meta, ...placeMeta(landing) } };
}

function placeMeta({ route, url }: Place): Pick<Meta, "page" | "view"> {
  return { page: { url }, ...(route === undefined ? {} : { view: { name: route } }) };
}
