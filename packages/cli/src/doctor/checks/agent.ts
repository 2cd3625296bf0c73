import { serverUrl } from "../../context.ts";
import { AGENT_HEALTH_PATH, AGENT_NAME, readAgentNotes } from "../../stack/agent.ts";
import { isHealthy } from "../../stack/http.ts";
import type { Check } from "../check.ts";

export const agentCheck: Check = {
  id: "agent",
  title: "the agent follows this machine's containers",
  after: ["servers"],
  run: async ({ context }) => {
    if (!(await isHealthy(`${serverUrl(context, AGENT_NAME)}${AGENT_HEALTH_PATH}`))) {
      return {
        status: "warning",
        reason: "no agent answers, so no container's lines are read",
        fix: `${context.self} up   starts it; or leave it where no containers run`,
      };
    }
    const notes = await readAgentNotes(context);
    if (notes.length === 0) return { status: "ok", detail: "" };
    return {
      status: "warning",
      reason: notes.join("; "),
      fix: `${context.self} status   says more`,
    };
  },
};
