import { describe, expect, it } from "vitest";
import { findMemoryGroup } from "../../src/host/memory-group.ts";

function readGroup(files: Readonly<Record<string, string>>) {
  return findMemoryGroup((path) => files[path])?.read();
}

const V2 = {
  "/proc/self/cgroup": "0::/pod/app\n",
  "/proc/self/mountinfo": "30 23 0:26 / /g rw - cgroup2 cgroup2 rw\n",
};
const V1 = {
  "/proc/self/cgroup": "4:memory:/\n",
  "/proc/self/mountinfo": "35 31 0:32 / /g rw - cgroup cgroup rw,memory\n",
};

describe("the memory group of this process", () => {
  it("is told by version 2, where a group above may have the tighter limit", () => {
    const group = readGroup({
      ...V2,
      "/g/pod/app/memory.max": "max\n",
      "/g/pod/app/memory.events": "low 0\nhigh 0\nmax 4\noom 1\noom_kill 2\n",
      "/g/pod/memory.max": "536870912\n",
      "/g/pod/memory.current": "104857600\n",
      "/g/pod/memory.stat": "anon 80000000\nfile 24857600\ninactive_file 4857600\n",
    });
    expect(group).toEqual({ limitBytes: 536_870_912, workingSetBytes: 100_000_000, oomKills: 2 });
  });

  it("is told by version 1, whose 'no limit' is a number", () => {
    const usage = { ...V1, "/g/memory.usage_in_bytes": "4096\n", "/g/memory.stat": "cache 1\n" };
    expect(readGroup({ ...usage, "/g/memory.limit_in_bytes": "1048576\n" })).toMatchObject({
      limitBytes: 1_048_576,
      workingSetBytes: 4_096,
    });
    expect(readGroup({ ...usage, "/g/memory.limit_in_bytes": "9223372036854771712\n" })).toEqual({
      limitBytes: undefined,
      workingSetBytes: undefined,
      oomKills: undefined,
    });
  });

  it("is unknown where files are missing or hold no numbers, and absent without a controller", () => {
    const unknown = { limitBytes: undefined, workingSetBytes: undefined, oomKills: undefined };
    expect(readGroup(V2)).toEqual(unknown);
    expect(readGroup({ ...V2, "/g/pod/app/memory.max": "lots" })).toEqual(unknown);
    expect(findMemoryGroup(() => undefined)).toBeUndefined();
    expect(findMemoryGroup(() => "")).toBeUndefined();
  });
});
