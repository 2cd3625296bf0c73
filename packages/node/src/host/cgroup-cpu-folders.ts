/** Where the files of one controller are, the process's own group first, then those above it. */
export type CgroupFolders = {
  readonly version: 1 | 2;
  /** At least one; limits of any of them hold. */
  readonly folders: readonly string[];
};

/** A hostile or broken path could be as deep as it likes. */
const MAX_DEPTH = 32;

/**
 * Finds a controller's folders, without touching the disk. Undefined where there is none.
 *
 * @param membership text of `/proc/self/cgroup`; cgroups(7) has its format.
 * @param mounts text of `/proc/self/mountinfo`; proc_pid_mountinfo(5) has its format.
 * @param controller as version 1 calls it: `cpu` or `memory`.
 */
export function locateCgroup(
  membership: string,
  mounts: string,
  controller: string,
): CgroupFolders | undefined {
  const groups = parseMembership(membership);
  const known = parseMounts(mounts);
  // A hybrid machine mounts version 2 too, without controllers: where version 1 has it, that holds.
  const first = groups.find((group) => group.controllers.includes(controller));
  if (first !== undefined) {
    const mount = known.find(({ type, options }) => type === "cgroup" && options.has(controller));
    return mount && { version: 1, folders: foldersOf(mount, first.path) };
  }
  const second = groups.find((group) => group.isUnified);
  const mount = known.find(({ type }) => type === "cgroup2");
  return second && mount && { version: 2, folders: foldersOf(mount, second.path) };
}

type Group = {
  readonly isUnified: boolean;
  readonly controllers: readonly string[];
  readonly path: string;
};

/** Lines such as `4:memory:/docker/4f0a` (version 1) and `0::/user.slice` (version 2). */
function parseMembership(text: string): Group[] {
  return text.split("\n").flatMap((line) => {
    const [hierarchy, controllers, ...rest] = line.split(":");
    if (hierarchy === undefined || controllers === undefined || rest.length === 0) return [];
    return [
      {
        isUnified: hierarchy === "0" && controllers === "",
        controllers: controllers.split(","),
        // A name may hold a colon.
        path: rest.join(":"),
      },
    ];
  });
}

type Mount = {
  readonly type: string;
  /** The part of the hierarchy that is mounted. */
  readonly root: string;
  readonly point: string;
  readonly options: ReadonlySet<string>;
};

/** `35 31 0:32 /docker/4f0a /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory` */
function parseMounts(text: string): Mount[] {
  return text.split("\n").flatMap((line) => {
    const fields = line.split(" ");
    const dash = fields.indexOf("-");
    const [root, point] = [fields[3], fields[4]];
    const [type, , options] = fields.slice(dash + 1);
    if (dash === -1 || root === undefined || point === undefined || type === undefined) return [];
    if (type !== "cgroup" && type !== "cgroup2") return [];
    return [
      {
        type,
        root: unescapeOctal(root),
        point: unescapeOctal(point),
        options: new Set((options ?? "").split(",")),
      },
    ];
  });
}

/** The kernel writes a space as `\040`. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function foldersOf({ root, point }: Mount, path: string): string[] {
  const below = pathBelow(root, path)
    .split("/")
    .filter((name) => name !== "" && name !== "..")
    .slice(0, MAX_DEPTH);
  const folders: string[] = [];
  for (let depth = below.length; depth >= 0; depth -= 1) {
    folders.push([point, ...below.slice(0, depth)].join("/"));
  }
  return folders;
}

/**
 * In a container without a cgroup namespace the path is the host's, and the mount shows only the
 * container's part of it: `/docker/4f0a/sub` below the root `/docker/4f0a` is `/sub`. A path from
 * outside of what is mounted (`/../other`) has no folder of its own here.
 */
function pathBelow(root: string, path: string): string {
  if (path.startsWith("/..")) return "";
  if (root === "/") return path;
  if (path === root) return "";
  return path.startsWith(`${root}/`) ? path.slice(root.length) : "";
}
