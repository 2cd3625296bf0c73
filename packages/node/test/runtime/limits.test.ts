import { describe, expect, it } from "vitest";
import { countCores } from "../../src/runtime/cores.ts";
import { parseDescriptorLimit } from "../../src/runtime/descriptor-metrics.ts";
import { parseSchedstat } from "../../src/runtime/thread-times.ts";

function filesOf(files: Readonly<Record<string, string>>): (path: string) => string | undefined {
  return (path) => files[path];
}

describe("countCores", () => {
  const allowed = (list: string, online?: string) =>
    filesOf({
      "/proc/self/status": `Name:\tnode\nCpus_allowed_list:\t${list}\n`,
      ...(online !== undefined && { "/sys/devices/system/cpu/online": `${online}\n` }),
    });

  it.each([
    ["no limit, all processors", undefined, allowed("0-3", "0-3"), 4],
    ["a limit below", 2.5, allowed("0-3", "0-3"), 2.5],
    ["a limit above the processors", 8, allowed("0-3", "0-3"), 4],
    ["a cpuset or affinity", undefined, allowed("1,3", "0-3"), 2],
    ["processors that are not plugged in", undefined, allowed("0-127", "0-1"), 2],
    ["no list of those online", undefined, allowed("0-1"), 2],
    ["no Linux", undefined, () => undefined, 6],
    ["no Linux, and a limit", 0.5, () => undefined, 0.5],
  ])("%s", (_, limit, files, cores) => {
    expect(countCores(limit, 6, files)).toBe(cores);
  });
});

describe("parseSchedstat", () => {
  it("reads time on a core and time waiting for one", () => {
    expect(parseSchedstat("49608293 11461193 169\n")).toEqual({
      cpuSeconds: 0.049608293,
      waitSeconds: 0.011461193,
    });
  });

  it.each(["0 0 0\n", "", "1 2\n", "a b c", "-1 0 0"])("%j tells nothing", (text) => {
    expect(parseSchedstat(text)).toBeUndefined();
  });
});

describe("parseDescriptorLimit", () => {
  const limits = (
    soft: string,
  ) => `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            ${soft}                524288               files
Max locked memory         8388608              8388608              bytes
`;

  it("reads the soft limit, at which open fails", () => {
    expect(parseDescriptorLimit(limits("1024"))).toBe(1024);
  });

  it("has none where it is unlimited or not told", () => {
    expect(parseDescriptorLimit(limits("unlimited"))).toBeUndefined();
    expect(parseDescriptorLimit("")).toBeUndefined();
  });
});
