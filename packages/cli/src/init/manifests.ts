import { posix } from "node:path";
import type { Language, Manifest, NodePackage } from "./project.ts";

/** What a file says about the folder it is in, in the order in which they count. */
const LANGUAGE_FILES: readonly { readonly name: RegExp; readonly language: Language }[] = [
  { name: /^go\.mod$/, language: "go" },
  { name: /^(?:requirements\.txt|pyproject\.toml|Pipfile)$/, language: "python" },
  { name: /^Gemfile$/, language: "ruby" },
  { name: /^composer\.json$/, language: "php" },
  { name: /^[^/]{1,200}\.csproj$/, language: "dotnet" },
  { name: /^(?:pom\.xml|build\.gradle|build\.gradle\.kts)$/, language: "java" },
  { name: /^Cargo\.toml$/, language: "rust" },
  // Last: many a service of another language builds its pages with it.
  { name: /^package\.json$/, language: "node" },
];

const SERVERS = ["@nestjs/core", "next", "nuxt", "fastify", "express", "koa", "hono"];
const LOGGERS = ["winston", "pino", "@sightline/node"];
const ACCESS_LOGGERS = ["morgan", "koa-logger", "koa-morgan", "express-winston", "pino-http"];
const BROWSERS: readonly (readonly [string, string])[] = [
  ["@angular/core", "angular"],
  ["react-dom", "react"],
  ["react", "react"],
  ["vue", "vue"],
  ["svelte", "svelte"],
  ["vite", "vite"],
];

export function languageOfFile(name: string): Language | undefined {
  return LANGUAGE_FILES.find((each) => each.name.test(name))?.language;
}

/** The one that counts where a folder has several. */
export function chooseManifest(manifests: readonly Manifest[]): Manifest | undefined {
  const rank = ({ path }: Manifest): number =>
    LANGUAGE_FILES.findIndex(({ name }) => name.test(posix.basename(path)));
  return manifests.toSorted((left, right) => rank(left) - rank(right))[0];
}

/** A package.json that is no JSON says nothing: npm tells its owner better than we could. */
export function parsePackage(text: string): NodePackage | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  const fields = fieldsOf(content);
  const dependencies = Object.keys(fieldsOf(fields["dependencies"]));
  const all = [...dependencies, ...Object.keys(fieldsOf(fields["devDependencies"]))];
  const scripts = fieldsOf(fields["scripts"]);
  const isStarted = ["start", "dev", "serve"].some((name) => Object.hasOwn(scripts, name));
  const server =
    SERVERS.find((each) => dependencies.includes(each)) ??
    (isStarted && LOGGERS.some((each) => dependencies.includes(each)) ? "" : undefined);
  const browser = BROWSERS.find(([name]) => all.includes(name))?.[1];
  return {
    ...(typeof fields["name"] === "string" && { name: fields["name"] }),
    ...(server !== undefined && { server }),
    ...(browser !== undefined && { browser }),
    isStarted,
    importsSightline: dependencies.includes("@sightline/node"),
    printsAccessLines: ACCESS_LOGGERS.some((each) => dependencies.includes(each)),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
