import { AGENT_DEFAULTS, type AgentConfig } from "@sightline/core";
import type { Conclusion } from "../conclude.ts";
import type { StackChoice } from "./stack-file.ts";

/** As the agent sees it, and as it is here; see docs/agent.md, "Many VMs". */
const TOKEN_IN_CONTAINER = "/etc/sightline/token";
export const TOKEN_FILE = ".sightline/provisioning/agent/token";

type AgentSettings = { readonly version: 1 } & {
  readonly [Key in keyof AgentConfig]?: Partial<AgentConfig[Key]>;
};

/** Only what differs from the defaults: the rest follows them in later versions, too. */
export function renderAgentJson(conclusion: Conclusion, choice: StackChoice): string {
  const { split } = conclusion;
  const isRemote = choice.kind === "agent-only" && choice.otlpUrl.startsWith("https:");
  const settings: AgentSettings = {
    version: AGENT_DEFAULTS.version,
    ...(choice.kind === "agent-only" && {
      otlp: {
        url: choice.otlpUrl,
        ...(isRemote && {
          headers: { authorization: `Bearer \${file:${TOKEN_IN_CONTAINER}}` },
        }),
      },
    }),
    ...(split.length > 0 && { accessLogs: { split } }),
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}
