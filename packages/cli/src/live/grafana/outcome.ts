import type { ChangeOutcome } from "../../plan/target.ts";
import type { Answer } from "./answer.ts";
import type { ApplyInput } from "./apply-input.ts";
import type { WriteRequest } from "./requests.ts";

export function send(
  { client }: ApplyInput,
  { method, path, body, headers }: WriteRequest,
): Promise<Answer> {
  return client.write(method, path, body, headers);
}

export function toOutcome(answer: Answer): ChangeOutcome {
  if (answer.status === "ok") return { status: "done" };
  const uncertain = answer.isUncertain
    ? "; it may or may not be stored, and the next plan shows which"
    : "";
  const isOvertaken = answer.kind === "conflict" && !/exist|same name/.test(answer.message);
  const conflict = isOvertaken ? "; somebody changed it meanwhile: plan and apply again" : "";
  const advice = answer.advice === undefined ? "" : `; ${answer.advice}`;
  return { status: "failed", reason: `${answer.message}${uncertain}${conflict}${advice}` };
}
