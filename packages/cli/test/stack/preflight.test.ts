import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  findPreflightProblems,
  type PreflightFacts,
  readFreeBytes,
  readWriteProblem,
} from "../../src/stack/preflight.ts";
import { tempDirectory } from "../support/temp.ts";

const fine: PreflightFacts = {
  self: "sightline",
  platform: "linux",
  goVersion: "go1.26.8",
  toBuild: ["loki", "prometheus"],
  dataDirectory: "/data",
  dataWritable: undefined,
  dataFreeBytes: 2 * 1024 ** 3,
  cacheDirectory: "/cache",
  cacheWritable: undefined,
  cacheFreeBytes: 11 * 1024 ** 3,
  missingConfiguration: [],
  portProblems: [],
};

describe("what stands in the way of a start", () => {
  it.each<{ what: string; facts: Partial<PreflightFacts>; problems: string[] }>([
    { what: "nothing", facts: {}, problems: [] },
    { what: "a newer Go", facts: { goVersion: "go1.30rc1" }, problems: [] },
    { what: "a Go 2", facts: { goVersion: "go2.0" }, problems: [] },
    {
      what: "no Go, and nothing to build",
      facts: { goVersion: undefined, toBuild: [] },
      problems: [],
    },
    {
      what: "little room for a build, and nothing to build",
      facts: { cacheFreeBytes: 0, cacheWritable: "EACCES", toBuild: [] },
      problems: [],
    },
    {
      what: "another system",
      facts: { platform: "darwin" },
      problems: [
        'the stack needs Linux, this is "darwin"; run it on a Linux host or in a Linux virtual machine',
      ],
    },
    {
      what: "no Go",
      facts: { goVersion: undefined },
      problems: [
        "Go is not installed; expected Go 1.26 or newer on the PATH to build loki, prometheus; install it from https://go.dev/dl, or use Docker: `sightline up --mode docker`",
      ],
    },
    {
      what: "an old Go",
      facts: { goVersion: "go1.25.9" },
      problems: [
        'Go is "go1.25.9"; expected Go 1.26 or newer to build loki, prometheus; update it from https://go.dev/dl',
      ],
    },
    {
      what: "a Go that does not say its version",
      facts: { goVersion: "devel" },
      problems: [
        'Go is "devel"; expected Go 1.26 or newer to build loki, prometheus; update it from https://go.dev/dl',
      ],
    },
    {
      what: "a data directory that cannot be written, whatever room it has",
      facts: { dataWritable: "EROFS", dataFreeBytes: 0 },
      problems: [
        'cannot write to "/data": EROFS; set SIGHTLINE_DATA to a directory that this user may write',
      ],
    },
    {
      what: "little room for the data",
      facts: { dataFreeBytes: 1024 ** 3 - 1 },
      problems: [
        'only 1.1 GB free where "/data" is; expected at least 1.1 GB; free some space or set SIGHTLINE_DATA to a larger disk',
      ],
    },
    {
      what: "little room for a build",
      facts: { cacheFreeBytes: 1_000_000_000 },
      problems: [
        'only 1 GB free where "/cache" is; building the servers for the first time needs 11 GB, most of it only while building; free some space or set XDG_CACHE_HOME to a larger disk',
      ],
    },
    {
      what: "a cache that cannot be written",
      facts: { cacheWritable: "EACCES" },
      problems: [
        'cannot write to "/cache", where built servers are kept: EACCES; set XDG_CACHE_HOME to a directory that this user may write',
      ],
    },
  ])("$what", ({ facts, problems }) => {
    expect(findPreflightProblems({ ...fine, ...facts })).toEqual(problems);
  });

  it("is all said at once, ports last", () => {
    const problems = findPreflightProblems({
      ...fine,
      goVersion: undefined,
      dataFreeBytes: 0,
      missingConfiguration: ["/provisioning/loki"],
      portProblems: ["port 3100 (loki) is in use"],
    });
    expect(problems).toHaveLength(4);
    expect(problems[2]).toContain('cannot read the configuration folder "/provisioning/loki"');
    expect(problems[3]).toBe("port 3100 (loki) is in use");
  });
});

describe("facts about a disk", () => {
  it("are those of the nearest directory that is there", () => {
    expect(readFreeBytes(join(tempDirectory(), "not/there"))).toBeGreaterThan(0);
  });

  it("a directory that can be made can be written; one below a file cannot", () => {
    expect(readWriteProblem(join(tempDirectory(), "a/b"))).toBeUndefined();
    expect(readWriteProblem("/proc/version/data")).toBe("ENOTDIR");
  });
});
