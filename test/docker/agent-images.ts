import { join } from "node:path";
import { repositoryRoot } from "../harness/stack.ts";
import type { Engine } from "./engine.ts";
import { findProgram, makeProgramImage } from "./program-image.ts";

/** The image that provisioning/agent/Dockerfile makes, without a registry: the same user, paths and entry point. */
export function makeAgentImage(engine: Engine, tagged: string): void {
  makeProgramImage(engine, tagged, {
    programs: {
      "/usr/local/bin/node": join(repositoryRoot, "node_modules/node/bin/node"),
      "/opt/sightline/healthy.mjs": join(repositoryRoot, "provisioning/agent/healthy.mjs"),
    },
    packages: { names: ["@sightline/agent"], folder: "/opt/sightline" },
    folders: { "/var/lib/sightline": 10_001 },
    changes: [
      "ENV PATH=/usr/local/bin:/bin",
      "ENV NODE_ENV=production",
      "USER 10001:10001",
      'ENTRYPOINT ["node", "/opt/sightline/node_modules/@sightline/agent/dist/main.js"]',
    ],
  });
}

/** The same of provisioning/gateway/Dockerfile. */
export function makeGatewayImage(engine: Engine, tagged: string): void {
  makeProgramImage(engine, tagged, {
    programs: {
      "/usr/local/bin/node": join(repositoryRoot, "node_modules/node/bin/node"),
      "/opt/sightline/healthy.mjs": join(repositoryRoot, "provisioning/gateway/healthy.mjs"),
    },
    packages: { names: ["@sightline/gateway"], folder: "/opt/sightline" },
    folders: {
      "/var/lib/sightline": 10_001,
      "/var/lib/sightline/gateway": 10_001,
      "/var/lib/sightline/gateway/maps": 10_001,
    },
    changes: [
      "ENV PATH=/usr/local/bin:/bin",
      "ENV NODE_ENV=production",
      "USER 10001:10001",
      'ENTRYPOINT ["node", "/opt/sightline/node_modules/@sightline/gateway/dist/main.js"]',
    ],
  });
}

/** As the official image: its user, its entry point, and where it looks for its configuration. */
export function makeProxyImage(engine: Engine, tagged: string): void {
  const haproxy = findProgram("haproxy");
  if (haproxy === undefined) throw new Error("haproxy is not installed");
  makeProgramImage(engine, tagged, {
    programs: { "/usr/local/sbin/haproxy": haproxy },
    changes: [
      "USER 99:99",
      'CMD ["/usr/local/sbin/haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]',
    ],
  });
}

/** A shell and nothing else: an application that prints lines. */
export function makeShellImage(engine: Engine, tagged: string): void {
  makeProgramImage(engine, tagged, { programs: { "/bin/sh": "/bin/sh" }, changes: [] });
}
