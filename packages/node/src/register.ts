/**
 * Starts from the environment alone: `node --import @sightline/node/register app.js`, or
 * `import "@sightline/node/register"` as the first line of the application.
 *
 * Free of top-level await, so that `require()` can load it too.
 */
import { isPinoWorker } from "./pino/is-pino-worker.ts";
import { start } from "./start.ts";

if (!isPinoWorker()) start();
