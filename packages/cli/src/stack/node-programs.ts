import type { Context } from "../context.ts";
import { chooseProgram, type NodeProgram, planProgram } from "./node-program.ts";
import { agentProgram } from "./programs/agent.ts";
import { gatewayProgram } from "./programs/gateway.ts";
import type { ServerSpec, StackMode } from "./spec.ts";

/** The programs of ours that run beside the servers. To add one, copy `programs/agent.ts` and add its row. */
export const NODE_PROGRAMS: readonly NodeProgram[] = [agentProgram, gatewayProgram];

/** Those that the supervisor keeps running. */
export function planPrograms(
  context: Context,
  mode: StackMode,
  basicEnvironment: Readonly<Record<string, string>>,
): readonly ServerSpec[] {
  return NODE_PROGRAMS.flatMap((program) => {
    const place = chooseProgram(context, program, mode);
    return place ? [planProgram(context, program, place, mode, basicEnvironment)] : [];
  });
}
