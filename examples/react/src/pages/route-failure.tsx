import type { ReactElement } from "react";
import { isRouteErrorResponse, useRouteError } from "react-router";

/** Shown in place of a page that failed; the error itself is told by then. */
export function RouteFailure(): ReactElement {
  const error = useRouteError();
  const isNotFound = isRouteErrorResponse(error) && error.status === 404;
  return <h1>{isNotFound ? "There is no such page" : "This page has failed"}</h1>;
}
