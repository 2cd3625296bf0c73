import type { Context } from "../context.ts";
import type { Progress } from "../report/progress.ts";
import type { ServerStatusRow } from "../stack/status.ts";
export type DockerReadiness =
  | { readonly status: "ready" }
  | { readonly status: "not-ready"; readonly reason: string; readonly advice: string };
export async function getReady(_context: Context, _progress: Progress): Promise<DockerReadiness> {
  return { status: "not-ready", reason: "no engine", advice: "start Docker" };
}
export async function composeUp(_context: Context, _progress: Progress): Promise<void> {}
export async function composeDown(_context: Context, _withVolumes: boolean): Promise<void> {}
export async function readDockerServers(_context: Context): Promise<ServerStatusRow[] | undefined> {
  return undefined;
}
