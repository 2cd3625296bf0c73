import type { Model } from "../../compile/model.ts";
import type { Context } from "../../context.ts";
import type { Fault } from "../../fault.ts";
import type { SpecDocument } from "../../spec/read-spec.ts";

export interface LiveFindings {
  readonly faults: readonly Fault[];
  readonly isUnanswered: boolean;
}

export async function lintLive(
  _context: Context,
  _document: SpecDocument,
  _model: Model,
): Promise<LiveFindings> {
  return { faults: [], isUnanswered: false };
}
