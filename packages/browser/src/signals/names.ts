import type { ATTRIBUTE, METRIC } from "@sightline/core";

/**
 * Names of `conventions.ts` that a page needs. Written out, since a bundler takes a table whole; their
 * types are the table's, so a name that differs does not compile.
 */
type Attribute<K extends keyof typeof ATTRIBUTE> = (typeof ATTRIBUTE)[K];

export const HTTP_METHOD: Attribute<"httpRequestMethod"> = "http.request.method";
export const HTTP_STATUS: Attribute<"httpResponseStatusCode"> = "http.response.status_code";
export const URL_FULL: Attribute<"urlFull"> = "url.full";
export const URL_PATH: Attribute<"urlPath"> = "url.path";
export const SERVER_ADDRESS: Attribute<"serverAddress"> = "server.address";
export const ERROR_TYPE: Attribute<"errorType"> = "error.type";
export const ELEMENT: Attribute<"element"> = "element";
export const BROWSER_ROUTE: Attribute<"browserRoute"> = "browser.route";
export const REQUEST_DURATION: (typeof METRIC)["httpClientRequestDuration"] =
  "http.client.request.duration";
