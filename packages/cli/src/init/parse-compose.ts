import { posix } from "node:path";
import { parseDocument } from "yaml";
import type { ComposeFile, ComposeService, YamlFault } from "./project.ts";

export type ComposeResult =
  | { readonly status: "ok"; readonly file: ComposeFile }
  | { readonly status: "faults"; readonly faults: readonly YamlFault[] };

type Fields = Readonly<Record<string, unknown>>;

/** Enough for a fragment that every one of hundreds of services takes; a bomb has millions. */
const MAX_ALIASES = 10_000;

/** Parses one Compose file to what `init` decides by. Values of variables are not kept. */
export function parseCompose(path: string, text: string): ComposeResult {
  const document = parseDocument(text, { merge: true, version: "1.2" });
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ linePos, message }) => ({
      path,
      line: linePos?.[0].line ?? 1,
      column: linePos?.[0].col ?? 1,
      // Behind the first line it draws the place, which is for a terminal of its own width.
      message: (message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, ""),
    }));
    return { status: "faults", faults };
  }
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    return oneFault(path, (error as Error).message);
  }
  if (!isFields(content)) return oneFault(path, "expected a Compose file, with services: in it");
  const services = content["services"] ?? {};
  if (!isFields(services)) return oneFault(path, "services: expected names with their settings");
  return {
    status: "ok",
    file: {
      path,
      services: Object.entries(services).map(([name, value]) =>
        parseService(name, isFields(value) ? value : {}),
      ),
      volumes: namesOf(content["volumes"]),
      networks: namesOf(content["networks"]),
      secrets: namesOf(content["secrets"]),
      includes: content["include"] !== undefined,
    },
  };
}

function oneFault(path: string, message: string): ComposeResult {
  return { status: "faults", faults: [{ path, line: 1, column: 1, message }] };
}

function parseService(name: string, fields: Fields): ComposeService {
  const image = textOf(fields["image"]);
  const build = parseBuild(fields["build"]);
  const networkMode = textOf(fields["network_mode"]);
  const networks = fields["networks"];
  return {
    name,
    ...(image !== undefined && { image }),
    ...(build && { build }),
    ports: itemsOf(fields["ports"]).map(portOf),
    labels: Object.fromEntries(pairsOf(fields["labels"]).filter(([key]) => isTelling(key))),
    environment: pairsOf(fields["environment"]).map(([key]) => key),
    envFiles: parseEnvFiles(fields["env_file"]),
    ...(networks !== undefined && networks !== null && { networks: namesOf(networks) }),
    ...(networkMode !== undefined && { networkMode }),
    extends: fields["extends"] !== undefined,
    mounts: itemsOf(fields["volumes"]).flatMap(mountOf),
  };
}

function isTelling(label: string): boolean {
  return label.startsWith("sightline.") || /^traefik\.http\.routers\.[^.]+\.rule$/.test(label);
}

function parseBuild(value: unknown): ComposeService["build"] {
  const fields: Fields = isFields(value) ? value : { context: value };
  const context = textOf(fields["context"]) ?? (isFields(value) ? "." : undefined);
  // A repository or an archive elsewhere has no folder here.
  if (context === undefined || /^[a-z+]+:\/\/|^git@/i.test(context)) return undefined;
  const folder = normalize(context);
  const dockerfile = textOf(fields["dockerfile"]) ?? "Dockerfile";
  return { context: folder, dockerfile: normalize(posix.join(folder, dockerfile)) };
}

function parseEnvFiles(value: unknown): string[] {
  const items = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return items.flatMap((item: unknown) => {
    const path = textOf(isFields(item) ? item["path"] : item);
    return path === undefined ? [] : [normalize(path)];
  });
}

function mountOf(value: unknown): string[] {
  const source = textOf(isFields(value) ? value["source"] : textOf(value)?.split(":")[0]);
  return source?.startsWith(".") ? [normalize(source)] : [];
}

function portOf(value: unknown): string {
  return isFields(value) ? `${textOf(value["published"]) ?? ""}:${value["target"]}` : String(value);
}

/** `KEY: value` and `- KEY=value` alike. */
function pairsOf(value: unknown): [string, string][] {
  if (isFields(value)) return Object.entries(value).map(([key, text]) => [key, String(text)]);
  return itemsOf(value).flatMap((item) => {
    const [, key, text] = /^([^=]+)=?(.*)$/s.exec(String(item)) ?? [];
    return key === undefined ? [] : [[key, text ?? ""]];
  });
}

function namesOf(value: unknown): string[] {
  return isFields(value) ? Object.keys(value) : itemsOf(value).map(String);
}

function itemsOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `./api/` and `api` are one folder. */
function normalize(path: string): string {
  return posix.normalize(path).replace(/(.)\/$/, "$1");
}
