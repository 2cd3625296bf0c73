import { describe, expect, it } from "vitest";
import type { ContainerInspect } from "../../src/docker/api-types.ts";
import { identityOf, readContainerFacts, splitImage } from "../../src/docker/identity-of.ts";

const HOST = { hostName: "vm-1", environment: "production" };

function inspect(
  name: string,
  image: string,
  labels: Readonly<Record<string, string>> = {},
  id = "a".repeat(64),
): ContainerInspect {
  return {
    Id: id,
    Name: `/${name}`,
    Created: "2026-11-23T08:00:00Z",
    Image: `sha256:${"b".repeat(64)}`,
    State: { Status: "running", Running: true },
    Config: { Image: image, Labels: labels },
    HostConfig: { LogConfig: { Type: "json-file" } },
  };
}

describe("identity of a container", () => {
  it("is its Compose service, whatever number the replica has", () => {
    const labels = {
      "com.docker.compose.project": "shop",
      "com.docker.compose.service": "api",
    };
    const facts = readContainerFacts(inspect("shop-api-2", "shop/api:1.4.0", labels));
    expect(identityOf(facts, 3, HOST)).toEqual({
      service: "api",
      release: "1.4.0",
      metricResource: {
        "service.name": "api",
        "deployment.environment.name": "production",
        "host.name": "vm-1",
        "container.name": "shop-api-2",
        "docker.compose.project": "shop",
        "docker.compose.service": "api",
      },
      resource: {
        "service.name": "api",
        "deployment.environment.name": "production",
        "host.name": "vm-1",
        "container.name": "shop-api-2",
        "docker.compose.project": "shop",
        "docker.compose.service": "api",
        "service.version": "1.4.0",
        "container.id": "aaaaaaaaaaaa",
        "container.image.name": "shop/api",
        run: 3,
      },
    });
  });

  it("is one line of bounded length without terminal codes, whatever its labels say", () => {
    const hostile = `\u001b[2Jdb\n\u0000${"x".repeat(70_000)}`;
    const labels = {
      "sightline.service": hostile,
      "org.opencontainers.image.version": hostile,
      "com.docker.compose.project": hostile,
    };
    const identity = identityOf(readContainerFacts(inspect("web", "web:1", labels)), 1, HOST);
    for (const value of [
      identity.service,
      identity.release,
      identity.resource["docker.compose.project"],
    ]) {
      expect(value).toBe(`db ${"x".repeat(253)}`);
    }
  });

  it("does without a label that holds nothing to read", () => {
    const labels = { "sightline.service": " \n\u0000", "org.opencontainers.image.version": "\t" };
    expect(readContainerFacts(inspect("web", "web:1", labels))).toMatchObject({
      service: "web",
      release: "1",
    });
  });

  it("is the same service after a redeploy under the same name, with another id", () => {
    const before = readContainerFacts(inspect("web", "web:1"));
    const after = readContainerFacts(inspect("web", "web:2", {}, "c".repeat(64)));
    expect(after.service).toBe(before.service);
    expect(identityOf(after, 2, HOST).metricResource).toEqual(
      identityOf(before, 1, HOST).metricResource,
    );
  });

  it("is what its label says", () => {
    expect(
      readContainerFacts(inspect("x", "y:1", { "sightline.service": "billing" })).service,
    ).toBe("billing");
  });

  it.each([
    ["web", undefined, "bbbbbbbbbbbb"],
    ["web:latest", undefined, "bbbbbbbbbbbb"],
    [`web@sha256:${"b".repeat(64)}`, undefined, "bbbbbbbbbbbb"],
    ["web:7", { "org.opencontainers.image.version": "7.1.2" }, "7.1.2"],
  ])("has a release that tells two builds of %s apart", (image, labels, release) => {
    expect(readContainerFacts(inspect("web", image, labels)).release).toBe(release);
  });
});

describe("name of an image", () => {
  it.each([
    ["nginx", "nginx", undefined],
    ["nginx:1.27", "nginx", "1.27"],
    ["localhost:5000/team/api", "localhost:5000/team/api", undefined],
    ["localhost:5000/team/api:v2", "localhost:5000/team/api", "v2"],
    [`api:3@sha256:${"0".repeat(64)}`, "api", "3"],
    [`sha256:${"0".repeat(64)}`, `sha256:${"0".repeat(64)}`, undefined],
  ])("%s", (reference, image, tag) => {
    expect(splitImage(reference)).toEqual({ image, tag });
  });
});
