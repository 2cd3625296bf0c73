import { PORT } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { publishedPorts } from "../../src/docker/preflight.ts";

describe("ports that are checked before the containers start", () => {
  it("are those of ours that a service publishes, in the number chosen now", () => {
    const services = {
      loki: { image: "l", ports: [{ published: "13100" }] },
      collector: { image: "c", ports: [{ published: "4318" }, { published: "4317" }] },
      caddy: { image: "c", ports: [{ published: "443" }] },
      "volume-owner": { image: "l" },
    };
    const names = publishedPorts(services, { ...PORT, loki: 13_100 });
    expect(names.sort()).toEqual(["loki", "otlp", "otlp_grpc"]);
  });
});
