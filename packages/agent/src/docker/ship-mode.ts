import {
  type AgentDockerConfig,
  cleanText,
  DOCKER_LABEL,
  SHIP_MODES,
  type ShipMode,
} from "@sightline/core";

/** Of a label's value, in a text for people. */
const MAX_SHOWN_CHARACTERS = 40;

export interface ShipDecision {
  readonly mode: ShipMode;
  /** Why; a label with a value that is not one is said once. */
  readonly fault?: string;
}

/** A container's own label beats the lists, the lists beat the default. */
export function decideShipMode(
  name: string,
  labels: Readonly<Record<string, string>>,
  config: AgentDockerConfig,
): ShipDecision {
  const label = labels[DOCKER_LABEL.logs];
  const byConfig = modeByName(name, config);
  if (label === undefined) return { mode: byConfig };
  if (isShipMode(label)) return { mode: label };
  const shown = cleanText(label.slice(0, MAX_SHOWN_CHARACTERS)).replace(/\s+/g, " ");
  return {
    mode: byConfig,
    fault: `label ${DOCKER_LABEL.logs}="${shown}" of container "${name}": expected one of ${SHIP_MODES.join(", ")}; it is treated as "${byConfig}"`,
  };
}

function modeByName(name: string, config: AgentDockerConfig): ShipMode {
  if (config.exclude.some((pattern) => matchesName(pattern, name))) return "off";
  const isIncluded =
    config.include.length === 0 || config.include.some((pattern) => matchesName(pattern, name));
  return isIncluded ? config.defaultShipMode : "off";
}

const isShipMode = (text: string): text is ShipMode =>
  (SHIP_MODES as readonly string[]).includes(text);

/** `*` stands for any text. Linear: each part is searched for once, from left to right. */
export function matchesName(pattern: string, name: string): boolean {
  const parts = pattern.split("*");
  const [first = "", ...rest] = parts;
  if (rest.length === 0) return name === pattern;
  if (!name.startsWith(first)) return false;
  const last = rest.pop() ?? "";
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
