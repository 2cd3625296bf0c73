import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ENV } from "@sightline/core";
import { repositoryRoot } from "../harness/stack.ts";

const VITE = join(repositoryRoot, "node_modules/vite/bin/vite.js");

/** Builds the example as its README says; its maps go below the gateway's data. */
export async function buildReact(folder: string, gatewayData: string): Promise<void> {
  const example = join(repositoryRoot, "examples/react");
  await promisify(execFile)(process.execPath, [VITE, "build", "--outDir", folder], {
    cwd: example,
    env: { PATH: process.env["PATH"] ?? "", HOME: gatewayData, [ENV.data]: gatewayData },
  });
}
