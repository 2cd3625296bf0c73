import { createTextRedactor, redactionMark, type TextRedactor } from "@sightline/core";
import { attempt } from "../page/natives.ts";

/** Query of an address without its origin, `/search?q=…`, which pages write more often than the others. */
const RELATIVE_QUERY =
  /(?<![^\s"'`<>(=,;])(\.{0,2}\/[^\s"'`<>?#]{0,2048})[?#][^\s"'`<>=]{0,256}=[^\s"'`<>]{0,4096}/g;

/** A picture written out as an address. */
const DATA_ADDRESS = /data:[\w/+.-]{1,64}[;,][^\s"'`<>)]{32,}/g;

/** Masks what a page is about to tell. What cannot be masked is not told. */
export function createPageRedactor(patterns: readonly RegExp[]): TextRedactor {
  const { isSecretKey, text } = createTextRedactor(patterns);
  return {
    isSecretKey,
    text: (given) =>
      attempt(() => text(given.replace(DATA_ADDRESS, "data:…").replace(RELATIVE_QUERY, "$1"))) ??
      redactionMark("failed"),
  };
}
