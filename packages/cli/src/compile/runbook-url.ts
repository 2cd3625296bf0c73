import type { ModelUrls } from "./model.ts";

/**
 * Where the page of an alert is. Without `urls.runbooks` it is the path in the product's repository:
 * that repository has no fixed public address, and a guessed link that leads nowhere is worse at
 * three in the morning than the name of a file that came with the product.
 */
export function runbookUrl({ runbooks }: ModelUrls, page: string): string {
  return runbooks === undefined ? `docs/runbooks/${page}.md` : `${runbooks}/${page}`;
}
