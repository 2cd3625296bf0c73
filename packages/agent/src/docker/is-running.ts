import type { ContainerState } from "./api-types.ts";

/** Between the death and the next start of a container that is restarted, Docker says `Running` too. */
export function isRunning({ Running, Status }: ContainerState): boolean {
  return Running && Status !== "restarting";
}
