import { resolve } from "node:path";
import { DATA_FOLDER, ENV } from "@sightline/core";
import { type NodeProgram, parseObject, readSettingsText } from "../node-program.ts";

export const agentProgram: NodeProgram = {
  name: "agent",
  title: "the agent (containers, files, journald)",
  packageName: "@sightline/agent",
  modeVariable: ENV.agent,
  defaultMode: () => "process",
  absence: "no container is followed",
  folder: DATA_FOLDER.agent,
  env: ({ io }) => {
    const config = configPath(io.env);
    const dockerHost = io.env["DOCKER_HOST"];
    return {
      ...(config && { [ENV.agentConfig]: config }),
      ...(dockerHost && { DOCKER_HOST: dockerHost }),
    };
  },
  restartsFor: ({ io }) => {
    const path = configPath(io.env);
    return path === undefined ? undefined : readSettingsText(path);
  },
  parseNotes: parseAgentNotes,
};

/** Absolute: it runs in another folder than the user who named the file. */
function configPath(env: NodeJS.ProcessEnv): string | undefined {
  const given = env[ENV.agentConfig];
  return given ? resolve(given) : undefined;
}

/** The parts of the agent's `/healthz` that people want to know of. */
interface AgentHealth {
  readonly docker?: unknown;
  readonly journal?: { readonly lastError?: unknown; readonly waitingRecords?: unknown };
}

export function parseAgentNotes(body: string): readonly string[] {
  const health = parseObject(body) as AgentHealth;
  const notes: string[] = [];
  if (health.docker === "away") {
    notes.push("no Docker engine answers; it goes on looking for one");
  }
  const { lastError, waitingRecords } = health.journal ?? {};
  if (typeof lastError === "string") {
    notes.push(
      `the collector does not take its records: ${lastError}; ${Number(waitingRecords) || 0} wait on disk`,
    );
  }
  return notes;
}
