import { expect, it } from "vitest";
import { readContainerId } from "../../src/host/container-id.ts";

const ID = "3f2a1b9c4d5e".padEnd(64, "0");
const POD = "b".repeat(64);

const CGROUP = "/proc/self/cgroup";
const MOUNTS = "/proc/self/mountinfo";

function find(files: Readonly<Record<string, string>>): string | undefined {
  return readContainerId((path) => files[path]);
}

const mount = (source: string, target: string): string =>
  `618 589 8:1 ${source} ${target} rw,relatime - ext4 /dev/sda1 rw`;

it.each([
  ["Docker, version 1", { [CGROUP]: `12:pids:/docker/${ID}\n4:memory:/docker/${ID}` }],
  ["Docker with systemd", { [CGROUP]: `0::/system.slice/docker-${ID}.scope` }],
  ["Kubernetes", { [CGROUP]: `0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${ID}.scope` }],
  ["Podman", { [CGROUP]: `0::/user.slice/libpod-${ID}.scope/container` }],
  [
    "Docker with a cgroup namespace",
    {
      [CGROUP]: "0::/",
      [MOUNTS]: `${mount("/", "/")}\n${mount(`/var/lib/docker/containers/${ID}/hostname`, "/etc/hostname")}`,
    },
  ],
  [
    "Podman with a cgroup namespace",
    {
      [CGROUP]: "0::/",
      [MOUNTS]: mount(`/storage/overlay-containers/${ID}/userdata/hosts`, "/etc/hosts"),
    },
  ],
])("finds the container's id: %s", (_, files) => {
  expect(find(files)).toBe(ID);
});

it.each([
  ["a host", { [CGROUP]: "0::/user.slice/user-1000.slice/session-3.scope" }],
  ["a group with a shorter number", { [CGROUP]: "4:memory:/app/fe90b3ea439816a8ee7aa203f2f0a2b9" }],
  [
    "the sandbox of a pod, which is another container",
    {
      [CGROUP]: "0::/",
      [MOUNTS]: mount(`/run/containerd/sandboxes/${POD}/hostname`, "/etc/hostname"),
    },
  ],
  [
    "a host whose containers have mounts",
    {
      [CGROUP]: "0::/init.scope",
      [MOUNTS]: mount("/", `/var/lib/docker/containers/${ID}/mounts/shm`),
    },
  ],
  ["a system without these files", {}],
])("finds none: %s", (_, files) => {
  expect(find(files)).toBeUndefined();
});
