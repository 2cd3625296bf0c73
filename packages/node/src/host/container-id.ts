import type { ReadText } from "./read-text.ts";

const ID = "[0-9a-f]{64}";
/** `/docker/<id>`, `/system.slice/docker-<id>.scope`, `/kubepods/…/cri-containerd-<id>.scope`. */
const IN_CGROUP = new RegExp(`[/:-](${ID})(?:\\.scope)?(?:/|$)`);
/**
 * Files that an engine mounts from the container's own folder. Not any mount: on the host itself, the
 * folders of all its containers are to be seen. A pod's sandbox has another id.
 */
const IN_MOUNTS = new RegExp(
  `/(?:containers|overlay-containers)/(${ID})/[^ ]{1,255} /etc/(?:hostname|hosts|resolv\\.conf) `,
);
const MAX_LINES = 1_000;
const MAX_LINE_CHARACTERS = 4_096;

/**
 * The id under which the engine knows the container that this process is in; undefined outside of
 * one. With a cgroup namespace of its own, `/proc/self/cgroup` is silent and the mounts tell.
 */
export function readContainerId(readText: ReadText): string | undefined {
  return (
    findIn(readText("/proc/self/cgroup"), IN_CGROUP) ??
    findIn(readText("/proc/self/mountinfo"), IN_MOUNTS)
  );
}

function findIn(text: string | undefined, pattern: RegExp): string | undefined {
  for (const line of (text ?? "").split("\n", MAX_LINES)) {
    const id = pattern.exec(line.slice(0, MAX_LINE_CHARACTERS))?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}
