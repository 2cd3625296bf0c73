import { type CountRedaction, redactionMark } from "./category.ts";

export interface UrlRules {
  /** Keeps query and fragment, with secret parameters masked. Default false: both are taken off. */
  readonly keepQuery: boolean;
  /** Parameters that stay even when the query is taken off, exact names. */
  readonly allowParameters: ReadonlySet<string>;
  readonly isSecretKey: (key: string) => boolean;
}

const URL_IN_TEXT = /(https?:\/\/[^\s"'<>?#]{1,2048})([?#][^\s"'<>]{1,4096})/g;
/** `:line:column` and a closing bracket after a URL in a stack; they are not part of the query. */
const STACK_POSITION = /(?::\d{1,7}){0,2}[)\]},.;]{0,4}$/;

/** Takes query and fragment off every http(s) URL in a text; the position in a stack stays. */
export function redactUrlsInText(text: string, rules: UrlRules, count: CountRedaction): string {
  if (!text.includes("://")) return text;
  return text.replace(URL_IN_TEXT, (_match, base: string, tail: string) => {
    const position = STACK_POSITION.exec(tail)?.[0] ?? "";
    const query = tail.slice(0, tail.length - position.length);
    return base + redactQuery(query, rules, count) + position;
  });
}

/**
 * Redacts what follows the path of a URL.
 *
 * @param tail from `?` or `#` to the end; may be empty.
 */
export function redactQuery(tail: string, rules: UrlRules, count: CountRedaction): string {
  if (tail.length < 2) return "";
  const hash = tail.indexOf("#");
  const query = hash < 0 ? tail : tail.slice(0, hash);
  const fragment = hash < 0 ? "" : tail.slice(hash);
  const parameters = query.slice(1).split("&");
  const kept: string[] = [];
  for (const parameter of parameters) {
    const keptParameter = redactParameter(parameter, rules);
    if (keptParameter !== parameter && parameter !== "") count("url_query");
    if (keptParameter !== undefined && keptParameter !== "") kept.push(keptParameter);
  }
  const keptFragment = rules.keepQuery && !fragment.includes("=") ? fragment : "";
  if (fragment.length > 1 && keptFragment === "") count("url_query");
  return (kept.length > 0 ? `?${kept.join("&")}` : "") + keptFragment;
}

/** @returns undefined where the parameter goes altogether. */
function redactParameter(parameter: string, rules: UrlRules): string | undefined {
  const equals = parameter.indexOf("=");
  const name = equals < 0 ? parameter : parameter.slice(0, equals);
  if (!rules.keepQuery && !rules.allowParameters.has(name)) return undefined;
  if (!rules.isSecretKey(name) || equals < 0) return parameter;
  return `${name}=${redactionMark("url_query")}`;
}
