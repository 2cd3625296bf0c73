import { replaceBlock } from "./files/marked-block.ts";
import type { YamlFault } from "./project.ts";
import { hashText, isAsWritten, type Stamp } from "./stamp.ts";
import { NEW_FOLDER, type WantedFile } from "./wanted-files.ts";

export type FileAction = "create" | "update" | "update-block" | "same" | "keep";

export interface PlannedFile {
  readonly path: string;
  readonly action: FileAction;
  /** To be written; absent where nothing is. */
  readonly content?: string;
  readonly why: string;
}

export type Decision =
  | {
      readonly status: "ok";
      readonly files: readonly PlannedFile[];
      /** Hashes for the stamp, once all is written. */
      readonly hashes: Readonly<Record<string, string>>;
    }
  | { readonly status: "faults"; readonly faults: readonly YamlFault[] };

/** Pure: what is to be done, by what is there (`read`: undefined where nothing is) and whose it is. */
export function decide(
  wanted: readonly WantedFile[],
  read: (path: string) => string | undefined,
  stamp: Stamp | undefined,
): Decision {
  const files: PlannedFile[] = [];
  const faults: YamlFault[] = [];
  const hashes: Record<string, string> = { ...stamp?.files };
  for (const file of wanted) {
    const present = read(file.path);
    if (file.ownership === "block") {
      const result = decideBlock(file, present);
      if (result.status === "broken") faults.push(result.fault);
      else files.push(result.file);
      continue;
    }
    const decided = decideFile(file, present, stamp);
    files.push(decided);
    if (file.ownership === "once") continue;
    const wantedHash = hashText(file.content);
    if (decided.action !== "keep") hashes[file.path] = wantedHash;
    // They edited it, and so did we since: they shall see ours.
    else if (stamp?.files[file.path] !== wantedHash) files.push(besideTheirs(file, read));
  }
  return faults.length > 0 ? { status: "faults", faults } : { status: "ok", files, hashes };
}

function decideFile(
  { path, content, ownership, why }: WantedFile,
  present: string | undefined,
  stamp: Stamp | undefined,
): PlannedFile {
  if (present === undefined) return { path, action: "create", content, why };
  if (ownership === "once") return { path, action: "same", why: "yours" };
  if (present === content) return { path, action: "same", why };
  if (isAsWritten(stamp, path, present)) return { path, action: "update", content, why };
  return { path, action: "keep", why: "kept because you edited it" };
}

function besideTheirs(
  { path, content }: WantedFile,
  read: (path: string) => string | undefined,
): PlannedFile {
  const place = `${NEW_FOLDER}/${path}`;
  const present = read(place);
  const why = `ours, for you to compare with ${path}`;
  if (present === content) return { path: place, action: "same", why };
  return { path: place, action: present === undefined ? "create" : "update", content, why };
}

type BlockDecision =
  | { readonly status: "ok"; readonly file: PlannedFile }
  | { readonly status: "broken"; readonly fault: YamlFault };

function decideBlock(
  { path, content, why }: WantedFile,
  present: string | undefined,
): BlockDecision {
  const result = replaceBlock(path, present ?? "", content.split("\n"));
  if (result.status === "broken") return result;
  if (result.text === present) return { status: "ok", file: { path, action: "same", why } };
  const action = present === undefined ? "create" : "update-block";
  return { status: "ok", file: { path, action, content: result.text, why } };
}
