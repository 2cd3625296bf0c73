import { isHealthy } from "../../stack/http.ts";
import { programHealthUrl, readProgramNotes } from "../../stack/node-program.ts";
import { agentProgram } from "../../stack/programs/agent.ts";
import type { Check } from "../check.ts";

export const agentCheck: Check = {
  id: "agent",
  title: "the agent follows this machine's containers",
  after: ["servers"],
  run: async ({ context }) => {
    if (!(await isHealthy(programHealthUrl(context, agentProgram)))) {
      return {
        status: "warning",
        reason: "no agent answers, so no container's lines are read",
        fix: `${context.self} up   starts it; or leave it where no containers run`,
      };
    }
    const notes = await readProgramNotes(context, agentProgram);
    if (notes.length === 0) return { status: "ok", detail: "" };
    return {
      status: "warning",
      reason: notes.join("; "),
      fix: `${context.self} status   says more`,
    };
  },
};
