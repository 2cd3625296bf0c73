import { type Attributes, RESOURCE } from "@sightline/core";
import { encodeResource } from "@sightline/wire";
import { LRUCache } from "lru-cache";

/** Who speaks, as the stores are told: the app and what the gateway knows, and of the page its release alone. */
export interface Resource {
  readonly attributes: Attributes;
  /** A `Resource` message. */
  readonly bytes: Uint8Array;
}

export interface ResourcesOptions {
  readonly hostName: string;
  readonly environment: string;
}

const MAX_RESOURCES = 1_000;

/** The same object for the same app and release, so that records can be put together by it. */
export function createResources(
  options: ResourcesOptions,
): (service: string, release: string | undefined) => Resource {
  const known = new LRUCache<string, Resource>({ max: MAX_RESOURCES });
  return (service, release) => {
    const key = `${service} ${release ?? ""}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const attributes: Attributes = {
      [RESOURCE.serviceName]: service,
      ...(release === undefined ? {} : { [RESOURCE.serviceVersion]: release }),
      [RESOURCE.deploymentEnvironmentName]: options.environment,
      [RESOURCE.hostName]: options.hostName,
    };
    const resource = { attributes, bytes: encodeResource(attributes) };
    known.set(key, resource);
    return resource;
  };
}
