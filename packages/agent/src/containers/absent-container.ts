import { DOCKER_LABEL } from "@sightline/core";
import type { ContainerInspect, DockerEvent } from "../docker/api-types.ts";
import type { BookedRun } from "./run-book.ts";

/** What is known of a container that was removed before it could be looked at. */
export function inspectFromEvent({ Actor, timeNano }: DockerEvent): ContainerInspect {
  const { name = Actor.ID.slice(0, 12), image = "", ...labels } = Actor.Attributes;
  return {
    Id: Actor.ID,
    Name: `/${name}`,
    Created: new Date(timeNano / 1e6).toISOString(),
    Image: "",
    State: { Status: "removing", Running: false },
    Config: { Image: image, Labels: labels },
    HostConfig: { LogConfig: { Type: "json-file" } },
  };
}

/** What the book knows of a container that was removed while the agent was away. */
export function inspectFromBook({ container, startedUnixMillis }: BookedRun): ContainerInspect {
  const { id, name, service, image, release } = container;
  return {
    Id: id,
    Name: `/${name}`,
    Created: new Date(startedUnixMillis).toISOString(),
    Image: "",
    State: { Status: "removing", Running: false },
    Config: {
      Image: image,
      Labels: {
        [DOCKER_LABEL.service]: service,
        ...(release === undefined ? {} : { "org.opencontainers.image.version": release }),
      },
    },
    HostConfig: { LogConfig: { Type: "json-file" } },
  };
}
