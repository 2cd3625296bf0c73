import type { ProxyRoute } from "./proxy-routes.ts";

interface Directive {
  readonly words: readonly string[];
  readonly block?: readonly Directive[];
}

/** Directives that leave a request on its way. */
const HARMLESS = new Set([
  "log",
  "encode",
  "tls",
  "header",
  "request_body",
  "request_header",
  "basic_auth",
  "basicauth",
  "root",
  "file_server",
]);
/** What a site has that does more than redirect. */
const ANSWERING = new Set(["reverse_proxy", "handle", "handle_path", "file_server", "respond"]);
const MAX_DEPTH = 20;

/**
 * Which paths a Caddy passes to which host names, from the text of its Caddyfile. Undefined where that
 * is not certain: imports, named matchers, rewriting, `route`, variables.
 */
export function parseCaddyRoutes(text: string): readonly ProxyRoute[] | undefined {
  const top = parseDirectives(text);
  // Without braces the whole file is one site; with `import` some of it is elsewhere.
  if (top?.some(({ block }) => block === undefined)) return undefined;
  const sites = (top ?? []).filter(({ words, block = [] }) => words.length > 0 && hasProxy(block));
  const answering = (top ?? []).filter(({ block = [] }) =>
    block.some(({ words }) => ANSWERING.has(words[0] ?? "")),
  );
  const routes: ProxyRoute[] = [];
  for (const { words, block = [] } of sites) {
    const found = readSite(block);
    const hosts = answering.length > 1 ? readHosts(words) : [undefined];
    if (found === undefined || hosts === undefined) return undefined;
    for (const host of hosts) {
      routes.push(...found.map((route) => ({ ...route, ...(host !== undefined && { host }) })));
    }
  }
  return top && routes;
}

function hasProxy(block: readonly Directive[]): boolean {
  return block.some(
    ({ words, block: inner }) =>
      words[0] === "reverse_proxy" || (inner !== undefined && hasProxy(inner)),
  );
}

/** `https://a.example.org:443, b.example.org` */
function readHosts(words: readonly string[]): readonly string[] | undefined {
  const hosts = words.map(
    (word) => /^(?:https?:\/\/)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d+)?,?$/i.exec(word)?.[1],
  );
  return hosts.some((host) => host === undefined) ? undefined : hosts.flatMap((host) => host ?? []);
}

/** Caddy tries the longest path first, among handles as among proxies, but not across the two. */
function readSite(block: readonly Directive[]): ProxyRoute[] | undefined {
  const handles = block.filter(({ words }) => /^handle(?:_path)?$/.test(words[0] ?? ""));
  const proxies = block.filter(({ words }) => words[0] === "reverse_proxy");
  const others = block.filter((each) => !handles.includes(each) && !proxies.includes(each));
  if (others.some(({ words }) => !HARMLESS.has(words[0] ?? ""))) return undefined;
  if (handles.length > 0 && proxies.length > 0) return undefined;
  const routes = handles.length > 0 ? handles.map(readHandle) : proxies.map(readProxy);
  return routes.some((route) => route === undefined)
    ? undefined
    : routes.flatMap((route) => route ?? []);
}

function readHandle({ words, block = [] }: Directive): ProxyRoute | undefined {
  const path = words.length > 2 ? undefined : readPath(words[1] ?? "*");
  const proxies = block.filter((each) => each.words[0] === "reverse_proxy");
  const others = block.filter((each) => !proxies.includes(each));
  const isPlain = proxies.length <= 1 && others.every((each) => HARMLESS.has(each.words[0] ?? ""));
  if (path === undefined || !isPlain) return undefined;
  const [proxy] = proxies;
  if (!proxy) return { path, to: undefined };
  const route = readProxy(proxy);
  return route?.path === "/" ? { path, to: route.to } : undefined;
}

function readProxy({ words }: Directive): ProxyRoute | undefined {
  const [, ...rest] = words;
  const isMatched = /^[/*@]/.test(rest[0] ?? "");
  const path = readPath(isMatched ? (rest[0] ?? "") : "*");
  const hosts = new Set(
    (isMatched ? rest.slice(1) : rest).map(
      (word) => /^(?:[a-z0-9]+:\/\/)?([\w.-]+)(?::\d+)?$/i.exec(word)?.[1],
    ),
  );
  const [to] = hosts;
  return path === undefined || hosts.size !== 1 || to === undefined ? undefined : { path, to };
}

function readPath(matcher: string): string | undefined {
  if (matcher === "*") return "/";
  return /^(\/[\w./-]*)\*$/.exec(matcher)?.[1];
}

function parseDirectives(text: string): Directive[] | undefined {
  const lines = text.split("\n").map(splitWords);
  let at = 0;
  const readBlock = (depth: number): Directive[] | undefined => {
    const directives: Directive[] = [];
    while (at < lines.length) {
      const words = lines[at++] ?? [];
      if (words.length === 0) continue;
      if (words[0] === "}") return depth > 0 && words.length === 1 ? directives : undefined;
      if (words.some((word) => word.startsWith("<<"))) return undefined;
      if (words.at(-1) !== "{") {
        if (words.includes("{") || words.includes("}")) return undefined;
        directives.push({ words });
        continue;
      }
      const block = depth < MAX_DEPTH ? readBlock(depth + 1) : undefined;
      if (block === undefined) return undefined;
      directives.push({ words: words.slice(0, -1), block });
    }
    return depth === 0 ? directives : undefined;
  };
  return readBlock(0);
}

/** Up to a word that begins with `#`. */
function splitWords(line: string): string[] {
  const words = [...line.matchAll(/"(?:[^"\\]|\\.?)*(?:"|$)|`[^`]*(?:`|$)|\S+/g)].map(
    ([word]) => word,
  );
  const comment = words.findIndex((word) => word.startsWith("#"));
  return comment < 0 ? words : words.slice(0, comment);
}
