import type { Conclusion, FoundService } from "./conclude.ts";
import { renderAgentJson } from "./files/agent-json.ts";
import { type Override, planOverride, renderComposeFile } from "./files/compose-file.ts";
import { type MachineFacts, renderEnvExample, renderMachineEnv } from "./files/env-files.ts";
import { renderSightlineYaml } from "./files/sightline-yaml.ts";
import { renderStackFile, type StackChoice } from "./files/stack-file.ts";
import type { ComposeService } from "./project.ts";
import { OWN_COMPOSE_FILE } from "./read-project.ts";

/**
 * `once`: theirs as soon as it is there. `ours`: written anew as long as nobody else changed it.
 * `block`: the lines between two marks in a file of theirs.
 */
export type Ownership = "once" | "ours" | "block";

export interface WantedFile {
  readonly path: string;
  readonly content: string;
  readonly ownership: Ownership;
  readonly why: string;
}

/** A file that the package carries, by its path below `.sightline/`. */
export interface Asset {
  readonly path: string;
  readonly content: string;
}

export interface WantedInput {
  readonly conclusion: Conclusion;
  readonly composeFiles: readonly string[];
  readonly choice: StackChoice;
  readonly stackTemplate: string;
  readonly assets: readonly Asset[];
  readonly machine: MachineFacts;
  /** Names in the env files of a service; undefined where one cannot be read. */
  readonly envNames: (service: ComposeService) => readonly string[] | undefined;
}

export interface Wanted {
  readonly files: readonly WantedFile[];
  readonly notes: readonly string[];
  readonly overrides: readonly Override[];
}

export const SIGHTLINE_FOLDER = ".sightline";
export const STACK_FILE: string = `${SIGHTLINE_FOLDER}/docker-compose.yml`;
export const AGENT_FILE: string = `${SIGHTLINE_FOLDER}/agent.json`;
/** Our version of a file that somebody else changed. Not beside it: Loki loads whatever lies there. */
export const NEW_FOLDER: string = `${SIGHTLINE_FOLDER}/new`;
const AGENT_FOLDERS = ["provisioning/agent/", "provisioning/docker-proxy/", "schemas/"];

/** Lines of .gitignore: what is of one machine, or secret. */
export const IGNORED: readonly string[] = [
  `/${SIGHTLINE_FOLDER}/.env`,
  `/${SIGHTLINE_FOLDER}/.secrets/`,
  `/${SIGHTLINE_FOLDER}/provisioning/agent/token`,
  `/${NEW_FOLDER}/`,
  `/${SIGHTLINE_FOLDER}/build/`,
];

/** Pure: every file as it should be, whatever is there now. */
export function planWantedFiles(input: WantedInput): Wanted {
  const { conclusion, choice } = input;
  const { overrides, notes } = planOverrides(input);
  const composeFiles = [...input.composeFiles, OWN_COMPOSE_FILE];
  const isStack = choice.kind === "stack";
  const assets = input.assets.filter(
    ({ path }) => isStack || AGENT_FOLDERS.some((folder) => path.startsWith(folder)),
  );
  const files: WantedFile[] = [
    {
      path: "sightline.yaml",
      content: renderSightlineYaml(conclusion.services),
      ownership: "once",
      why: "your services; whom to tell, and when",
    },
    ours(
      OWN_COMPOSE_FILE,
      renderComposeFile(composeFiles, overrides),
      isStack ? "the stack and the agent beside your services" : "the agent beside your services",
    ),
    ours(
      STACK_FILE,
      renderStackFile(input.stackTemplate, choice),
      isStack ? "the servers and the agent" : "the agent and its read-only way to Docker",
    ),
    ours(AGENT_FILE, renderAgentJson(conclusion, choice), "settings of the agent"),
    ...assets.map(({ path, content }) =>
      ours(
        `${SIGHTLINE_FOLDER}/${path}`,
        content,
        path.startsWith("schemas/") ? "completion in editors" : "what the servers read",
      ),
    ),
    {
      path: `${SIGHTLINE_FOLDER}/.env`,
      content: renderMachineEnv(input.machine, choice),
      ownership: "block",
      why: "of this machine",
    },
    ours(".env.sightline.example", renderEnvExample(composeFiles, choice), "the variables"),
    {
      path: ".gitignore",
      content: IGNORED.join("\n"),
      ownership: "block",
      why: "keeps what is of this machine out of git",
    },
  ];
  return { files, notes, overrides };
}

function ours(path: string, content: string, why: string): WantedFile {
  return { path, content, ownership: "ours", why };
}

function planOverrides({ conclusion, choice, envNames }: WantedInput): {
  readonly overrides: readonly Override[];
  readonly notes: readonly string[];
} {
  const overrides: Override[] = [];
  const notes: string[] = [];
  for (const service of conclusion.services) {
    if (!isComposed(service) || !service.importsSightline) continue;
    const result = planOverride(service, envNames(service.compose), choice);
    if (result.status === "safe") overrides.push(result.override);
    else {
      notes.push(
        `${service.name}: left as it is: ${result.reason}; set SIGHTLINE_LOGS=stdout there, else its lines come twice`,
      );
    }
  }
  return { overrides, notes };
}

function isComposed(
  service: FoundService,
): service is FoundService & { readonly compose: ComposeService } {
  return service.compose !== undefined;
}
