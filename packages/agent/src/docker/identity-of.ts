import { toUSVString } from "node:util";
import { ATTRIBUTE, type Attributes, cleanText, DOCKER_LABEL, RESOURCE } from "@sightline/core";
import type { Identity } from "../sources/identity.ts";
import type { ContainerInspect } from "./api-types.ts";

/** Loki refuses every line of a label past 2,048 bytes or of metadata past 64 kB; nobody reads so much. */
const MAX_NAME_CHARACTERS = 256;

const COMPOSE_PROJECT = "com.docker.compose.project";
const COMPOSE_SERVICE = "com.docker.compose.service";

/** What stays the same over the whole host. */
export interface HostFacts {
  readonly hostName: string;
  readonly environment: string;
}

/** A container as people know it. */
export interface ContainerFacts {
  readonly id: string;
  /** First twelve digits, as `docker ps` shows it. */
  readonly shortId: string;
  readonly name: string;
  readonly service: string;
  /** Name of the image without its tag. */
  readonly image: string;
  readonly imageId: string;
  readonly release: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

export function readContainerFacts(inspect: ContainerInspect): ContainerFacts {
  const labels = inspect.Config.Labels ?? {};
  const name = inspect.Name.replace(/^\//, "");
  const { image, tag } = splitImage(inspect.Config.Image);
  return {
    id: inspect.Id,
    shortId: inspect.Id.slice(0, 12),
    name,
    service: toName(labels[DOCKER_LABEL.service]) || toName(labels[COMPOSE_SERVICE]) || name,
    image,
    imageId: inspect.Image,
    release:
      toName(labels["org.opencontainers.image.version"]) || tag || shortImageId(inspect.Image),
    labels,
  };
}

/** Labels are any text: terminal codes and line ends in a name would forge what people read. */
function toName(label: string | undefined): string {
  const text = cleanText((label ?? "").slice(0, 4 * MAX_NAME_CHARACTERS));
  return toUSVString(text.replace(/\s+/g, " ").trim().slice(0, MAX_NAME_CHARACTERS));
}

/** The identity of one run of a container. */
export function identityOf(facts: ContainerFacts, run: number, host: HostFacts): Identity {
  const metricResource: Attributes = {
    [RESOURCE.serviceName]: facts.service,
    [RESOURCE.deploymentEnvironmentName]: host.environment,
    [RESOURCE.hostName]: host.hostName,
    [RESOURCE.containerName]: facts.name,
    ...labelAttribute(facts, COMPOSE_PROJECT, RESOURCE.composeProject),
    ...labelAttribute(facts, COMPOSE_SERVICE, RESOURCE.composeService),
  };
  return {
    service: facts.service,
    release: facts.release,
    metricResource,
    resource: {
      ...metricResource,
      ...(facts.release === undefined ? {} : { [RESOURCE.serviceVersion]: facts.release }),
      [RESOURCE.containerId]: facts.shortId,
      [RESOURCE.containerImageName]: facts.image,
      [ATTRIBUTE.run]: run,
    },
  };
}

function labelAttribute(facts: ContainerFacts, label: string, attribute: string): Attributes {
  const value = toName(facts.labels[label]);
  return value ? { [attribute]: value } : {};
}

/**
 * `registry:5000/team/api:1.2@sha256:…` → `registry:5000/team/api` and `1.2`. A tag that moves
 * (`latest`) or a bare id names no release.
 */
export function splitImage(reference: string): { image: string; tag: string | undefined } {
  const [withoutDigest = ""] = reference.split("@");
  const colon = withoutDigest.lastIndexOf(":");
  const isTag = colon > withoutDigest.lastIndexOf("/");
  const image = isTag ? withoutDigest.slice(0, colon) : withoutDigest;
  const tag = isTag ? withoutDigest.slice(colon + 1) : undefined;
  if (image === "sha256") return { image: reference, tag: undefined };
  return { image, tag: tag === "latest" ? undefined : tag };
}

function shortImageId(id: string): string | undefined {
  const digits = /^(?:sha256:)?([0-9a-f]{12})/.exec(id)?.[1];
  return digits;
}
