import { posix } from "node:path";
import type { AccessLogSplitConfig } from "@sightline/core";
import { kindOfImage, languageOfImage, proxyOfImage, type ServiceKind } from "./images.ts";
import { chooseManifest } from "./manifests.ts";
import type { ComposeFile, ComposeService, Language, Manifest, Project } from "./project.ts";
import { splitProxy } from "./proxy-routes.ts";

/** What the project is made of, as far as it can be told. */
export interface Conclusion {
  readonly services: readonly FoundService[];
  readonly split: readonly AccessLogSplitConfig[];
  /** What was not certain, and so was left out. */
  readonly notes: readonly string[];
}

export interface FoundService {
  readonly name: string;
  readonly kind: ServiceKind;
  readonly language?: Language;
  /** `express`, `angular`. */
  readonly framework?: string;
  /** It imports `@sightline/node`. */
  readonly importsSightline: boolean;
  /** The files that told: `compose.yml`, `api/go.mod`. */
  readonly evidence: readonly string[];
  /** As the Compose files have it; undefined where it is in none. */
  readonly compose?: ComposeService;
}

/** Pure: what was read, to what it means. `root` names a service that is the folder itself. */
export function conclude(
  project: Project,
  chosen: readonly ComposeFile[],
  root: string,
): Conclusion {
  const merged = mergeServices(chosen);
  const inCompose = merged.map(({ service, paths }) => describe(service, paths, project));
  const covered = new Set(inCompose.flatMap(({ evidence }) => evidence));
  const beside = project.manifests
    .filter(({ path }) => !covered.has(path))
    .flatMap((manifest) => besideCompose(manifest, project, merged.length > 0, root));
  const services = uniqueNames([...inCompose, ...beside]);
  const { split, notes } = splitProxies(inCompose, project);
  const included = chosen
    .filter(({ includes }) => includes)
    .map(({ path }) => `${path}: what it includes was not read`);
  return { services, split, notes: [...project.notes, ...included, ...notes] };
}

function splitProxies(
  services: readonly FoundService[],
  project: Project,
): Pick<Conclusion, "split" | "notes"> {
  const split: AccessLogSplitConfig[] = [];
  const notes: string[] = [];
  const behind = services.flatMap((service) => {
    if (!service.compose) return [];
    const countedElsewhere = whereCounted(service, project);
    return [{ compose: service.compose, ...(countedElsewhere && { countedElsewhere }) }];
  });
  for (const { name, kind, compose } of services) {
    if (kind !== "proxy" || !compose) continue;
    const result = splitProxy(compose, imageOf(compose, project) ?? "", behind, project);
    if (result.status === "known") {
      split.push(...result.split);
      notes.push(...result.doubts.map((doubt) => `${name}: ${doubt}`));
    } else {
      notes.push(`${name}: its requests are not split to the services behind it: ${result.reason}`);
    }
  }
  return { split, notes };
}

/** Servers of these languages print no access lines unless they are told to. */
const SILENT_LANGUAGES: readonly Language[] = ["go", "node", "java", "dotnet", "rust"];

/** Every access line is counted for whoever printed it, and what the SDK measured comes on top. */
function whereCounted(service: FoundService, project: Project): string | undefined {
  const { compose, importsSightline, language, evidence } = service;
  if (importsSightline) return "@sightline/node measures them";
  const image = compose && imageOf(compose, project);
  if (image !== undefined && proxyOfImage(image)) return "it prints access lines of its own";
  const manifest = project.manifests.find(({ path }) => evidence.includes(path));
  if (manifest?.package?.printsAccessLines) return "it prints access lines of its own";
  if (language !== undefined && SILENT_LANGUAGES.includes(language)) return undefined;
  return "it may print access lines of its own; if not, add it to accessLogs.split in agent.json";
}

interface Merged {
  readonly service: ComposeService;
  readonly paths: readonly string[];
}

/** Compose lays later files over earlier ones. */
function mergeServices(files: readonly ComposeFile[]): Merged[] {
  const merged = new Map<string, Merged>();
  for (const { path, services } of files) {
    for (const service of services) {
      const before = merged.get(service.name);
      merged.set(service.name, {
        service: before ? lay(service, before.service) : service,
        paths: [...(before?.paths ?? []), path],
      });
    }
  }
  return [...merged.values()];
}

function lay(over: ComposeService, base: ComposeService): ComposeService {
  const networks =
    over.networks || base.networks
      ? { networks: [...(base.networks ?? []), ...(over.networks ?? [])] }
      : {};
  return {
    ...base,
    ...over,
    ...networks,
    labels: { ...base.labels, ...over.labels },
    ports: [...base.ports, ...over.ports],
    environment: [...base.environment, ...over.environment],
    envFiles: [...base.envFiles, ...over.envFiles],
    mounts: [...base.mounts, ...over.mounts],
    extends: base.extends || over.extends,
  };
}

function describe(
  compose: ComposeService,
  paths: readonly string[],
  project: Project,
): FoundService {
  const { name } = compose;
  const image = imageOf(compose, project);
  const manifest = manifestOf(compose, project.manifests);
  const found = manifest?.package;
  const isWeb = found?.server === undefined && found?.browser !== undefined;
  const kind = (image && !manifest && kindOfImage(image)) || (isWeb ? "web" : "service");
  const language = manifest?.language ?? (image === undefined ? undefined : languageOfImage(image));
  const framework = isWeb ? found?.browser : found?.server;
  return {
    name,
    kind,
    ...(kind === "service" && language && { language }),
    ...(framework && { framework }),
    importsSightline: found?.importsSightline === true,
    evidence: [...paths, ...(manifest ? [manifest.path] : [])],
    compose,
  };
}

/** Of the service itself, else of the last stage it is built with. */
function imageOf({ image, build }: ComposeService, project: Project): string | undefined {
  if (!build) return image;
  return project.dockerfiles.find(({ path }) => path === build.dockerfile)?.image;
}

/** Beside the Dockerfile, in the folder it is built from, or in a folder named like the service. */
function manifestOf(
  { name, build }: ComposeService,
  manifests: readonly Manifest[],
): Manifest | undefined {
  if (!build) return undefined;
  const inFolder = (folder: string): Manifest | undefined =>
    chooseManifest(manifests.filter((each) => each.folder === folder));
  const beside = inFolder(posix.dirname(build.dockerfile));
  if (beside && beside.folder !== build.context) return beside;
  // A monorepo builds all from its root.
  const isOfName = ({ folder, package: found }: Manifest): boolean =>
    folder !== "." && (posix.basename(folder) === name || found?.name?.split("/").at(-1) === name);
  const below = manifests.filter(
    (each) =>
      isOfName(each) && (build.context === "." || each.folder.startsWith(`${build.context}/`)),
  );
  return chooseManifest(below) ?? inFolder(build.context);
}

function besideCompose(
  manifest: Manifest,
  project: Project,
  hasCompose: boolean,
  root: string,
): FoundService[] {
  const { folder, path, language, package: found } = manifest;
  const first = chooseManifest(project.manifests.filter((each) => each.folder === folder));
  if (first !== manifest) return [];
  const name = folder === "." ? root : posix.basename(folder);
  const common = { name, evidence: [path], importsSightline: found?.importsSightline === true };
  if (found === undefined) {
    return hasCompose ? [] : [{ ...common, kind: "service", language }];
  }
  if (found.server !== undefined) {
    const framework = found.server ? { framework: found.server } : {};
    return hasCompose ? [] : [{ ...common, kind: "service", language, ...framework }];
  }
  return found.browser === undefined || !found.isStarted
    ? []
    : [{ ...common, kind: "web", framework: found.browser }];
}

/** Two folders of one name are told apart by the one above. */
function uniqueNames(services: readonly FoundService[]): FoundService[] {
  const taken = new Set<string>();
  return services.map((service) => {
    const folder = posix.dirname(service.evidence.at(-1) ?? "");
    let { name } = service;
    if (taken.has(name)) name = folder.replaceAll("/", "-");
    for (let n = 2; taken.has(name); n++) name = `${service.name}-${n}`;
    taken.add(name);
    return { ...service, name };
  });
}
