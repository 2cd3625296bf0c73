import type { ProxyRoute } from "./proxy-routes.ts";

interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly Directive[];
}

/** Directives that send a request somewhere else than its location says. */
const REDIRECTING = new Set(["if", "rewrite", "include", "try_files", "error_page"]);
const PASSING = new Set(["proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass"]);
const MAX_DEPTH = 20;

/**
 * Which paths an nginx passes to which host names, from the text of its configuration. Undefined where
 * that is not certain: expressions, variables, rewriting, includes, nested locations.
 */
export function parseNginxRoutes(text: string): readonly ProxyRoute[] | undefined {
  const top = parseDirectives(text);
  if (top === undefined) return undefined;
  const level = top.flatMap(({ name, block }) => (name === "http" && block ? block : []));
  const all = [...top, ...level];
  const upstreams = new Map(
    all.filter(({ name }) => name === "upstream").map((each) => [each.args[0] ?? "", each]),
  );
  const servers = all.filter(({ name, block }) => name === "server" && block && hasPass(block));
  // One that only redirects has no lines worth telling apart.
  const answering = all.filter(
    ({ name, block = [] }) =>
      name === "server" && block.some((each) => each.name === "location" || each.name === "root"),
  );
  const routes = servers.map((server) => readServer(server, upstreams, answering.length > 1));
  return routes.some((each) => each === undefined)
    ? undefined
    : routes.flatMap((each) => each ?? []);
}

function hasPass(block: readonly Directive[]): boolean {
  return block.some(
    ({ name, block: inner }) => PASSING.has(name) || (inner !== undefined && hasPass(inner)),
  );
}

function readServer(
  server: Directive,
  upstreams: ReadonlyMap<string, Directive>,
  needsHost: boolean,
): ProxyRoute[] | undefined {
  const block = server.block ?? [];
  if (block.some(({ name }) => name === "if" || name === "rewrite" || name === "include")) {
    return undefined;
  }
  const names = block.find(({ name }) => name === "server_name")?.args ?? [];
  const isPlain =
    names.length > 0 && names.every((name) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name));
  if (needsHost && !isPlain) return undefined;
  const routes: ProxyRoute[] = [];
  for (const location of block.filter(({ name }) => name === "location")) {
    const route = readLocation(location, upstreams);
    if (route === undefined) return undefined;
    for (const host of needsHost ? names : [undefined]) {
      routes.push({ ...route, ...(host !== undefined && { host }) });
    }
  }
  return routes;
}

function readLocation(
  { args, block = [] }: Directive,
  upstreams: ReadonlyMap<string, Directive>,
): ProxyRoute | undefined {
  const path = args.length === 1 ? args[0] : args[0] === "^~" ? args[1] : undefined;
  if (!path?.startsWith("/") || block.some(({ name }) => name === "location")) return undefined;
  const passed = block.find(({ name }) => PASSING.has(name));
  // Files of its own: the lines are the proxy's.
  if (passed === undefined) return { path, to: undefined };
  if (block.some(({ name }) => name !== "include" && REDIRECTING.has(name))) return undefined;
  const to = hostOf(passed.args[0] ?? "", upstreams);
  return to === undefined ? undefined : { path, to };
}

function hostOf(target: string, upstreams: ReadonlyMap<string, Directive>): string | undefined {
  const host = /^(?:[a-z]+:\/\/)?([\w.-]+)(?::\d+)?(?:\/|$)/i.exec(target)?.[1];
  if (host === undefined || target.includes("$")) return undefined;
  const upstream = upstreams.get(host);
  if (!upstream) return host;
  const servers = (upstream.block ?? []).filter(({ name }) => name === "server");
  const hosts = new Set(servers.map(({ args }) => (args[0] ?? "").split(":")[0] ?? ""));
  return hosts.size === 1 ? [...hosts][0] : undefined;
}

function parseDirectives(text: string): Directive[] | undefined {
  const tokens = tokenize(text);
  let at = 0;
  const readBlock = (depth: number): Directive[] | undefined => {
    const directives: Directive[] = [];
    let words: string[] = [];
    while (at < tokens.length) {
      const token = tokens[at++] as string;
      if (token === "}") return depth > 0 && words.length === 0 ? directives : undefined;
      if (token !== ";" && token !== "{") {
        words.push(token);
        continue;
      }
      const [name = "", ...args] = words.map(unquote);
      words = [];
      const block = token === "{" ? (depth < MAX_DEPTH ? readBlock(depth + 1) : undefined) : [];
      if (block === undefined) return undefined;
      directives.push({ name, args, ...(token === "{" && { block }) });
    }
    return depth === 0 && words.length === 0 ? directives : undefined;
  };
  return readBlock(0);
}

function tokenize(text: string): string[] {
  // A text without an end goes to the end: looked for from each of its quotes, it would take for ever.
  // `${name}` is one word, although braces make blocks.
  const token =
    /#[^\n]*|"(?:[^"\\]|\\.?)*(?:"|$)|'(?:[^'\\]|\\.?)*(?:'|$)|[{};]|(?:\$\{[^{}\s]*\}|[^\s{};"'])+/gs;
  return [...text.matchAll(token)].map(([found]) => found).filter((found) => found[0] !== "#");
}

function unquote(word: string): string {
  return /^(["']).*\1$/s.test(word) ? word.slice(1, -1) : word;
}
