import { laneOf } from "./lane.ts";
import { VIEW_LENGTH } from "./rules.ts";

/** What the rules look at: the start of a line, without colours, parted from its lane. */
export interface LineView {
  readonly text: string;
  readonly body: string;
  readonly lane: string;
  readonly stamped: boolean;
  /** One JSON object, whole: nothing ever continues it. */
  readonly json: boolean;
  /** Ends with a bracket that a later line may close. */
  readonly opensBlock: boolean;
}

const ESCAPE = "\u001b";
const BELL = "\u0007";
/** Node's own stripper takes quadratic time on hostile lines. */
const ANSI_CODE = new RegExp(
  String.raw`${ESCAPE}(?:\[[0-?]{0,40}[ -/]{0,4}[@-~]|\][^${BELL}${ESCAPE}]{0,200}(?:${BELL}|${ESCAPE}\\)?|[@-Z\\^_])`,
  "g",
);

const OPENERS = new Set([..."{[("].map((character) => character.charCodeAt(0)));

export function viewOf(line: string): LineView {
  const text = startOf(line);
  const last = lastCodeOf(line);
  if (line.charCodeAt(0) === 0x7b && last === 0x7d) {
    return { text, body: text, lane: "", stamped: false, json: true, opensBlock: false };
  }
  const { key, bodyStart, stamped } = laneOf(text);
  const body = bodyStart === 0 ? text : text.slice(bodyStart);
  return { text, body, lane: key, stamped, json: false, opensBlock: OPENERS.has(last) };
}

function startOf(line: string): string {
  // Colours can take more room than the text between them, so cut after they are gone.
  const start = line.length > 4 * VIEW_LENGTH ? line.slice(0, 4 * VIEW_LENGTH) : line;
  const plain = start.includes(ESCAPE) ? start.replace(ANSI_CODE, "") : start;
  if (plain.length > VIEW_LENGTH) return plain.slice(0, VIEW_LENGTH);
  return plain.endsWith("\r") ? plain.slice(0, -1) : plain;
}

const TAIL_LENGTH = 40;

function lastCodeOf(line: string): number {
  const code = line.charCodeAt(line.length - 1);
  if (code !== 0x0d && code !== 0x6d && code !== 0x20) return code;
  const tail = line.slice(-TAIL_LENGTH).replace(ANSI_CODE, "").trimEnd();
  return tail.charCodeAt(tail.length - 1);
}
