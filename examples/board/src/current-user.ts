import { identify } from "@sightline/node";
import type { NextFunction, Request, Response } from "express";

/** The header in which a request says whose it is: the board has no login. */
const USER_HEADER = "x-user";

/** Names the user of each request, so that users are counted. Does nothing where Sightline is not loaded. */
export function currentUser(request: Request, _response: Response, next: NextFunction): void {
  identify(request.get(USER_HEADER));
  next();
}
