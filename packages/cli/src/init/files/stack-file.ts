import { isMap, isScalar, isSeq, type Pair, parseDocument, Scalar, type YAMLMap } from "yaml";

/** Where the whole stack runs, and where the agent sends to. */
export type StackChoice =
  | { readonly kind: "stack" }
  | { readonly kind: "agent-only"; readonly otlpUrl: string };

/** What is ours in a project of somebody else begins so: names of services, volumes, networks. */
export const NAME_PREFIX = "sightline-";
/** Where applications meet the collector, and nothing else of the stack. */
export const OTLP_NETWORK: string = `${NAME_PREFIX}otlp`;
export const COLLECTOR_URL: string = `http://${NAME_PREFIX}collector:4318`;

const STACK_NETWORK = "sightline";
const AGENT_SERVICES = ["agent", "docker-proxy"];
const AGENT_PROFILE = "agent";
/** Not below the folder that is mounted read-only: a file cannot be mounted where there is none. */
const AGENT_CONFIG_IN_CONTAINER = "/etc/sightline-agent.json";

const HEADER = ` Made by \`sightline init\` from the stack's own docker-compose.yml, for a project that has services of
 its own: every name begins with "${NAME_PREFIX}". compose.sightline.yml includes it. Settings are
 variables in .env beside this file. A change of yours stays: the next \`sightline init\` keeps this
 file then, and puts its own version into the folder new/.`;

const AGENT_COMMENT = ` Every container's logs, deaths, requests and resources. Not beside a \`sightline up\`, which runs
 an agent by itself: two of them would send every line twice.`;

/**
 * The services of docker-compose.yml under names that meet no other: Compose refuses two services of
 * one name, and would silently join two volumes. Among themselves they keep their names, in a network
 * of their own.
 */
export function renderStackFile(template: string, choice: StackChoice): string {
  const document = parseDocument(template);
  const root = document.contents as YAMLMap;
  root.delete("name");
  const services = mapAt(root, "services");
  if (choice.kind === "agent-only") keepOnly(services, AGENT_SERVICES);
  explain(services, "agent", AGENT_COMMENT);
  for (const pair of pairsOf(services)) {
    const name = keyOf(pair);
    const service = pair.value as YAMLMap;
    setKey(pair, NAME_PREFIX + name);
    renameDependencies(service);
    renameVolumes(service);
    renameSecrets(service);
    if (!service.has("network_mode")) service.set("networks", networksOf(name, service));
    if (AGENT_SERVICES.includes(name)) withoutProfile(service);
    if (name === "agent") configureAgent(service, choice);
  }
  prefixKeys(mapAt(root, "networks"));
  mapAt(root, "networks").set(document.createNode(STACK_NETWORK), document.createNode({}));
  if (choice.kind === "stack") {
    mapAt(root, "networks").set(document.createNode(OTLP_NETWORK), document.createNode({}));
    prefixKeys(mapAt(root, "secrets"));
    prefixKeys(mapAt(root, "volumes"));
  } else {
    root.delete("secrets");
    keepOnly(mapAt(root, "volumes"), ["agent-data"]);
    prefixKeys(mapAt(root, "volumes"));
  }
  withoutSpace(root);
  document.commentBefore = HEADER;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Names that the file brings into a project. */
export function readStackNames(text: string): {
  readonly services: readonly string[];
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
  readonly secrets: readonly string[];
} {
  const root = parseDocument(text).contents as YAMLMap;
  const names = (key: string): string[] => {
    const map = root.get(key);
    return isMap(map) ? pairsOf(map).map(keyOf) : [];
  };
  return {
    services: names("services"),
    volumes: names("volumes"),
    networks: names("networks"),
    secrets: names("secrets"),
  };
}

function mapAt(root: YAMLMap, key: string): YAMLMap {
  const found = root.get(key);
  if (isMap(found)) return found as YAMLMap;
  throw new Error(`the stack's docker-compose.yml has no map "${key}"`);
}

function pairsOf(map: YAMLMap): Pair[] {
  return map.items as Pair[];
}

function keyOf(pair: Pair): string {
  return String(isScalar(pair.key) ? pair.key.value : pair.key);
}

function setKey(pair: Pair, name: string): void {
  if (isScalar(pair.key)) pair.key.value = name;
  else pair.key = new Scalar(name);
}

function withoutSpace(map: YAMLMap): void {
  const first = pairsOf(map)[0]?.key;
  if (isScalar(first)) first.spaceBefore = false;
}

function explain(map: YAMLMap, name: string, comment: string): void {
  const key = pairsOf(map).find((pair) => keyOf(pair) === name)?.key;
  if (isScalar(key)) key.commentBefore = comment;
}

function keepOnly(map: YAMLMap, names: readonly string[]): void {
  // The comment above the first is the map's own.
  map.commentBefore = null;
  map.items = pairsOf(map).filter((pair) => names.includes(keyOf(pair)));
  withoutSpace(map);
}

function prefixKeys(map: YAMLMap): void {
  for (const pair of pairsOf(map)) setKey(pair, NAME_PREFIX + keyOf(pair));
}

function renameDependencies(service: YAMLMap): void {
  const dependencies = service.get("depends_on");
  if (isMap(dependencies)) prefixKeys(dependencies as YAMLMap);
}

/** A source without a slash, a dot or a variable is the name of a volume. */
function renameVolumes(service: YAMLMap): void {
  const volumes = service.get("volumes");
  if (!isSeq(volumes)) return;
  for (const item of volumes.items) {
    if (isScalar(item) && /^[a-z][\w-]*:/.test(String(item.value))) {
      item.value = NAME_PREFIX + String(item.value);
    }
  }
}

/** The name is also that of the file in the container, which stays as the server expects it. */
function renameSecrets(service: YAMLMap): void {
  const secrets = service.get("secrets");
  if (!isSeq(secrets)) return;
  const names = secrets.items.map((item) => String(isScalar(item) ? item.value : item));
  service.set(
    "secrets",
    names.map((name) => ({ source: NAME_PREFIX + name, target: name })),
  );
}

function networksOf(name: string, service: YAMLMap): Record<string, object> {
  const given = service.get("networks");
  const names = isSeq(given)
    ? given.items.map((item) => String(isScalar(item) ? item.value : item))
    : ["default"];
  const inside = names.map((each) => (each === "default" ? STACK_NETWORK : NAME_PREFIX + each));
  return {
    ...Object.fromEntries(inside.map((each) => [each, { aliases: [name] }])),
    ...(name === "collector" && { [OTLP_NETWORK]: {} }),
  };
}

function withoutProfile(service: YAMLMap): void {
  const profiles = service.get("profiles");
  if (!isSeq(profiles)) return;
  const others = profiles.items.filter((item) => !isScalar(item) || item.value !== AGENT_PROFILE);
  if (others.length === 0) service.delete("profiles");
  else profiles.items = others;
}

function configureAgent(service: YAMLMap, choice: StackChoice): void {
  const environment = mapAt(service, "environment");
  environment.set("SIGHTLINE_AGENT_CONFIG", AGENT_CONFIG_IN_CONTAINER);
  if (choice.kind === "agent-only") {
    environment.set(
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      `\${SIGHTLINE_AGENT_OTLP_URL:-${choice.otlpUrl}}`,
    );
  }
  const volumes = service.get("volumes");
  if (isSeq(volumes)) volumes.add(`./agent.json:${AGENT_CONFIG_IN_CONTAINER}:ro`);
}
