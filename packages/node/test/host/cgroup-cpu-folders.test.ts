import { describe, expect, it } from "vitest";
import { locateCgroup } from "../../src/host/cgroup-cpu-folders.ts";

const V1_MOUNTS = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw`;

/** In a container the mount shows the container's part alone. */
const V1_DOCKER_MOUNTS = `1230 1229 0:31 /docker/4f0a /sys/fs/cgroup/cpu,cpuacct ro,nosuid - cgroup cgroup rw,cpu,cpuacct
1231 1229 0:32 /docker/4f0a /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory`;

const V2_MOUNTS = `24 29 0:22 / /proc rw,nosuid - proc proc rw
30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot`;

const CASES: readonly {
  readonly name: string;
  readonly membership: string;
  readonly mounts: string;
  readonly cpu: ReturnType<typeof locateCgroup>;
}[] = [
  {
    name: "version 1, in the root",
    membership: "4:memory:/\n1:cpu,cpuacct:/\n0::/",
    mounts: V1_MOUNTS,
    cpu: { version: 1, folders: ["/sys/fs/cgroup/cpu,cpuacct"] },
  },
  {
    name: "version 1, a container seen from the host",
    membership: "4:memory:/docker/4f0a\n1:cpu,cpuacct:/docker/4f0a",
    mounts: V1_MOUNTS,
    cpu: {
      version: 1,
      folders: [
        "/sys/fs/cgroup/cpu,cpuacct/docker/4f0a",
        "/sys/fs/cgroup/cpu,cpuacct/docker",
        "/sys/fs/cgroup/cpu,cpuacct",
      ],
    },
  },
  {
    name: "version 1, inside a container without a namespace",
    membership: "12:memory:/docker/4f0a\n11:cpu,cpuacct:/docker/4f0a\n0::/system.slice",
    mounts: V1_DOCKER_MOUNTS,
    cpu: { version: 1, folders: ["/sys/fs/cgroup/cpu,cpuacct"] },
  },
  {
    name: "version 1, a group of its own inside such a container",
    membership: "11:cpu,cpuacct:/docker/4f0a/jobs/one",
    mounts: V1_DOCKER_MOUNTS,
    cpu: {
      version: 1,
      folders: [
        "/sys/fs/cgroup/cpu,cpuacct/jobs/one",
        "/sys/fs/cgroup/cpu,cpuacct/jobs",
        "/sys/fs/cgroup/cpu,cpuacct",
      ],
    },
  },
  {
    name: "version 1, a container in a container: the path is of another one",
    membership: "11:cpu,cpuacct:/docker/4f0a/docker/77bb",
    mounts:
      "9 8 0:31 /docker/4f0a/docker/77bb /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu,cpuacct",
    cpu: { version: 1, folders: ["/sys/fs/cgroup/cpu"] },
  },
  {
    name: "version 1, moved out of what is mounted",
    membership: "11:cpu,cpuacct:/elsewhere",
    mounts: V1_DOCKER_MOUNTS,
    cpu: { version: 1, folders: ["/sys/fs/cgroup/cpu,cpuacct"] },
  },
  {
    name: "hybrid: the controllers are version 1's",
    membership: "5:cpu,cpuacct:/user.slice\n0::/user.slice/user-1000.slice",
    mounts: V1_MOUNTS,
    cpu: {
      version: 1,
      folders: ["/sys/fs/cgroup/cpu,cpuacct/user.slice", "/sys/fs/cgroup/cpu,cpuacct"],
    },
  },
  {
    name: "version 2, a systemd service",
    membership: "0::/system.slice/shop.service",
    mounts: V2_MOUNTS,
    cpu: {
      version: 2,
      folders: [
        "/sys/fs/cgroup/system.slice/shop.service",
        "/sys/fs/cgroup/system.slice",
        "/sys/fs/cgroup",
      ],
    },
  },
  {
    name: "version 2, inside a container with a namespace",
    membership: "0::/",
    mounts: V2_MOUNTS,
    cpu: { version: 2, folders: ["/sys/fs/cgroup"] },
  },
  {
    name: "version 2, a group beside the namespace's root",
    membership: "0::/../sibling",
    mounts: V2_MOUNTS,
    cpu: { version: 2, folders: ["/sys/fs/cgroup"] },
  },
  {
    name: "names with a colon and with a space",
    membership: "0::/a:b/c d",
    mounts: "30 23 0:26 / /mnt/my\\040groups rw - cgroup2 cgroup2 rw",
    cpu: {
      version: 2,
      folders: ["/mnt/my groups/a:b/c d", "/mnt/my groups/a:b", "/mnt/my groups"],
    },
  },
  { name: "no control groups", membership: "", mounts: "", cpu: undefined },
  { name: "a group, and nothing mounted", membership: "0::/x", mounts: "", cpu: undefined },
  {
    name: "garbage",
    membership: "\u0000\n:::\n1:",
    mounts: "- - -\n1 2 3\n\u0000",
    cpu: undefined,
  },
];

describe("locateCgroup", () => {
  it.each(CASES)("$name", ({ membership, mounts, cpu }) => {
    expect(locateCgroup(membership, mounts, "cpu")).toEqual(cpu);
  });

  it("finds each controller in its own hierarchy of version 1", () => {
    const membership = "4:memory:/process_api/27a3\n1:cpu,cpuacct:/";
    expect(locateCgroup(membership, V1_MOUNTS, "memory")?.folders[0]).toBe(
      "/sys/fs/cgroup/memory/process_api/27a3",
    );
    expect(locateCgroup(membership, V1_MOUNTS, "cpu")?.folders).toEqual([
      "/sys/fs/cgroup/cpu,cpuacct",
    ]);
  });

  it("does not climb out of the mount, nor follow a path without end", () => {
    const climbing = locateCgroup("0::/a/../../../etc", V2_MOUNTS, "cpu");
    expect(climbing?.folders.every((folder) => folder.startsWith("/sys/fs/cgroup"))).toBe(true);
    const deep = locateCgroup(`0::${"/x".repeat(10_000)}`, V2_MOUNTS, "cpu");
    expect(deep?.folders).toHaveLength(33);
  });
});
