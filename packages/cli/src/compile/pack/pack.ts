import type { PackRow } from "./pack-row.ts";
import { BROWSER_ROWS } from "./rows/browser.ts";
import { ERROR_ROWS } from "./rows/errors.ts";
import { HOST_ROWS } from "./rows/hosts.ts";
import { OUTSIDE_ROWS } from "./rows/outside.ts";
import { SERVICE_ROWS } from "./rows/services.ts";
import { STACK_ROWS } from "./rows/stack.ts";

/** The alerts that are on without writing any, in the order of lists. */
export const PACK: readonly PackRow[] = [
  ...SERVICE_ROWS,
  ...ERROR_ROWS,
  ...BROWSER_ROWS,
  ...HOST_ROWS,
  ...OUTSIDE_ROWS,
  ...STACK_ROWS,
];
