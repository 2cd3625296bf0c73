import {
  describeHeartbeat,
  describeRingDeath,
  formatDuration,
  ringCrashId,
  toCrashLine,
} from "@sightline/core";
import type { RingReading } from "../crashes/read-ring.ts";
import { cleanLine, cleanText } from "./clean-text.ts";
import { formatLine, indent } from "./crash-text.ts";
import { formatLocalTime } from "./local-time.ts";
import { type Painter, renderTable } from "./style.ts";

/** What is in a crash recorder's file, for people. */
export function renderRing(reading: RingReading, paint: Painter): string {
  const [title = "", ...rest] = cleanText(headOf(reading)).split("\n");
  const parts = [
    paint("bold", title),
    renderTable(factsOf(reading).map(([name, value]) => [paint("dim", name), cleanLine(value)])),
  ];
  if (rest.length > 0) parts.push(indent(rest.join("\n")));
  parts.push(renderLines(reading, paint));
  return `${parts.join("\n\n")}\n`;
}

function headOf({ ring, judgement, runningPid }: RingReading): string {
  if (judgement !== undefined) return describeRingDeath(ring, judgement);
  const { serviceName, run } = ring.facts;
  const head = `${serviceName} is running (pid ${runningPid}, run ${run}); nothing of it is final`;
  return ring.heartbeat === undefined
    ? head
    : `${head}\nLast heartbeat: ${describeHeartbeat(ring.heartbeat)}`;
}

function factsOf(reading: RingReading): [string, string][] {
  const { ring, judgement, undeliveredLines } = reading;
  const { facts, heartbeat } = ring;
  const place = facts.containerId?.slice(0, 12);
  const process = `pid ${facts.pid} on ${facts.hostName}, Node ${facts.nodeVersion}`;
  return [
    ["file", reading.file],
    ["process", place === undefined ? process : `${process}, container ${place}`],
    ["crash id", ringCrashId(ring)],
    ["started", formatLocalTime(facts.startedAt)],
    ...(judgement === undefined
      ? []
      : [["died", formatLocalTime(judgement.diedAt)] as [string, string]]),
    ["last heartbeat", heartbeat === undefined ? "none" : describeBeat(reading)],
    ["not delivered", describeUndelivered(ring.facts.keepsLines, undeliveredLines)],
  ];
}

function describeBeat({ ring: { heartbeat }, judgement }: RingReading): string {
  const at = heartbeat?.at ?? 0;
  if (judgement === undefined) return formatLocalTime(at);
  const ageMillis = Math.max(0, judgement.diedAt - at);
  return `${formatLocalTime(at)}, ${formatDuration(ageMillis)} before the end`;
}

function describeUndelivered(keepsLines: boolean, lines: number): string {
  if (!keepsLines && lines === 0) return "lines of this service are printed, not kept here";
  if (lines === 0) return "nothing: every line in it is safe elsewhere";
  return `${lines} ${lines === 1 ? "record" : "records"}; the next start of the service sends them`;
}

function renderLines({ lines }: RingReading, paint: Painter): string {
  if (lines.length === 0) return paint("dim", "  no lines in it");
  const open = lines.filter(({ isDelivered }) => !isDelivered).length;
  const mark = open > 0 ? `, ${open} marked * are not delivered` : "";
  const title = paint("dim", `  last lines (${lines.length}${mark})`);
  const rows = lines.map((line) => {
    const flag = line.isDelivered ? " " : paint("yellow", "*");
    return `${flag} ${formatLine(toCrashLine(line), paint)}`;
  });
  return [title, ...rows].join("\n");
}
