import type { FaroBrowser, FaroPage } from "./faro-payload.ts";
import { FARO_LIMITS } from "./limits.ts";
import type { Masking } from "./masking.ts";
import { type Fields, fieldOf, readLine, readToken, toFields } from "./read-fields.ts";

/** What Faro writes where it does not know. */
const UNKNOWN = "unknown";
/** Faro's name of a view that nobody named. */
const NO_VIEW = "default";

/** Of Faro's `meta`; everything in it may be missing or wrong. */
export function readPage(meta: unknown, masking: Masking): FaroPage {
  const all = toFields(meta);
  const part = (name: string): Fields | undefined => toFields(fieldOf(all, name));
  const app = part("app");
  const session = part("session");
  const name = (value: unknown): string | undefined => readLine(value, FARO_LIMITS.name, masking);
  const view = name(fieldOf(part("view"), "name"));
  return {
    release: name(fieldOf(app, "version")) ?? name(fieldOf(app, "release")),
    userId: readId(fieldOf(part("user"), "id")),
    installationId: readId(fieldOf(app, "installationId")),
    sessionId: readToken(fieldOf(session, "id")),
    previousSessionId: readToken(
      fieldOf(toFields(fieldOf(session, "attributes")), "previousSession"),
    ),
    path: readPath(fieldOf(part("page"), "url"), masking),
    view: view === NO_VIEW || view === UNKNOWN ? undefined : view,
    browser: readBrowser(part("browser"), masking),
  };
}

function readBrowser(browser: Fields | undefined, masking: Masking): FaroBrowser {
  const read = (name: string): string | undefined => {
    const value = readLine(fieldOf(browser, name), 64, masking);
    return value === undefined || value.startsWith(UNKNOWN) ? undefined : value;
  };
  const mobile = fieldOf(browser, "mobile");
  return {
    name: read("name"),
    version: read("version"),
    // `Windows 10.0`: the version is what changes, and the name is what is asked for.
    osName: read("os")?.replace(/ (?:unknown|[\d._]+)$/, ""),
    mobile: typeof mobile === "boolean" ? mobile : undefined,
    language: read("language"),
  };
}

/** Only ever hashed, so nothing of it is masked: a masked id would be the same for everybody. */
function readId(value: unknown): string | undefined {
  const id = typeof value === "number" && Number.isFinite(value) ? String(value) : value;
  const isId = typeof id === "string" && id.length <= FARO_LIMITS.userId && id.trim() !== "";
  return isId ? (id as string) : undefined;
}

function readPath(url: unknown, masking: Masking): string | undefined {
  if (typeof url !== "string" || url === "") return undefined;
  const bare = url.slice(0, FARO_LIMITS.url);
  const path = URL.canParse(bare) ? new URL(bare).pathname : bare;
  return path.startsWith("/") ? masking.url(path) : undefined;
}
