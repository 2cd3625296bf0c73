/** What `init` read in a folder. Plain data, all paths relative to that folder, `.` for itself. */
export interface Project {
  readonly compose: readonly ComposeFile[];
  readonly manifests: readonly Manifest[];
  readonly dockerfiles: readonly Dockerfile[];
  readonly proxyFiles: readonly ProxyFile[];
  /** Where the walk stopped early, in words. */
  readonly notes: readonly string[];
}

export interface ComposeFile {
  readonly path: string;
  readonly services: readonly ComposeService[];
  /** Names of everything else that shares a name space with what we add. */
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
  readonly secrets: readonly string[];
  /** It has `include:`, and what that names is not read. */
  readonly includes: boolean;
}

/** Names and shapes alone: no value of a variable is ever kept. */
export interface ComposeService {
  readonly name: string;
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly ports: readonly string[];
  /** Labels of Traefik's routers and of ours; others may hold passwords. */
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: readonly string[];
  readonly envFiles: readonly string[];
  /** Undefined where the file names none, which means the network `default`. */
  readonly networks?: readonly string[];
  readonly networkMode?: string;
  readonly extends: boolean;
  /** Files and folders of the project that are mounted. */
  readonly mounts: readonly string[];
}

export const LANGUAGES = ["node", "go", "python", "ruby", "php", "dotnet", "java", "rust"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A file that tells the language of the folder it is in. */
export interface Manifest {
  readonly path: string;
  readonly folder: string;
  readonly language: Language;
  /** For package.json. */
  readonly package?: NodePackage;
}

export interface NodePackage {
  readonly name?: string;
  /** What it serves with, or "" where it has a start script and a logger alone. */
  readonly server?: string;
  /** What its pages are made with. */
  readonly browser?: string;
  /** It has a script that starts it: an application, not a library. */
  readonly isStarted: boolean;
  readonly importsSightline: boolean;
  /** By a middleware that is made for it. */
  readonly printsAccessLines: boolean;
}

export interface Dockerfile {
  readonly path: string;
  /** Of the last stage. */
  readonly image: string;
}

export type ProxyName = "nginx" | "caddy" | "traefik";

export interface ProxyFile {
  readonly path: string;
  readonly proxy: ProxyName;
  readonly text: string;
}

export interface YamlFault {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
