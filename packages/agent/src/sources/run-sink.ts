import {
  ATTRIBUTE,
  type DropReason,
  type Redactor,
  SEVERITY,
  type ShipMode,
  severityFromSyslogPriority,
  severityNumberToText,
} from "@sightline/core";
import type { Clock } from "@sightline/wire";
import { createLineJoiner, type LineJoiner } from "../lines/join/line-joiner.ts";
import type { GroupBundle, LineGroup, LogEntry, ParsedText } from "../lines/log-entry.ts";
import { parseGroup } from "../lines/parse/parse-group.ts";
import type { Shipper } from "../ship/shipper.ts";
import { cutBody } from "./cut-body.ts";
import { toErrorEntry } from "./error-entry.ts";
import type { Identity } from "./identity.ts";
import type { LagMeter } from "./lag-meter.ts";
import { type Line, type Position, type Stream, type Time, toMillis } from "./line.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { redactParsed } from "./redact-entry.ts";
import { createShedding } from "./shedding.ts";
import type { Gap, SourceSink } from "./source-sink.ts";
import { positionOfStream } from "./stream-positions.ts";

/** What follows the lines of a source beside the shipper. */
export interface LineObserver {
  /** Every line, as it was written. */
  onLine(line: Line): void;
  /** A line that is a record of its own: an access line, perhaps. */
  onSingleLine(line: Line): void;
}

export interface RunSinkOptions {
  readonly identity: Identity;
  /** `docker:<container id>`, `file:…`, `journald:…`. */
  readonly source: string;
  readonly life: string;
  /** `tail`: only the observer sees the lines. */
  readonly mode: Exclude<ShipMode, "off">;
  /** First line of a record, where the built-in rules do not fit. */
  readonly start: RegExp | undefined;
  readonly limiter: RateLimiter;
  readonly redactor: Redactor;
  readonly shipper: Shipper;
  readonly clock: Clock;
  readonly observer: LineObserver;
  readonly lag: LagMeter;
  /** Whether the source is about to vanish, so that what it wrote must be stored now. */
  isUrgent(): boolean;
}

interface StreamState {
  readonly joiner: LineJoiner;
  /** Lines given to the joiner that it has not handed on. */
  heldLines: number;
  position: Position | undefined;
}

/**
 * The way of the lines of one life: join, parse, redact, ship. The position behind a shipment covers
 * both streams, so that a quiet stream does not make the other be read again from long ago.
 */
export function createRunSink(options: RunSinkOptions): SourceSink {
  const { shipper, source, life, identity, clock } = options;
  const streams: Readonly<Record<Stream, StreamState>> = {
    stdout: createStream("stdout"),
    stderr: createStream("stderr"),
  };
  const shedding = createShedding();
  let lastPosition: Position | undefined;
  let lastTime: Time = [0, 0];

  function createStream(stream: Stream): StreamState {
    const joiner = createLineJoiner({
      clock,
      ...(options.start === undefined ? {} : { start: options.start }),
      emit: (bundle) => shipBundle(stream, bundle),
    });
    return { joiner, heldLines: 0, position: undefined };
  }

  /** A stream that holds nothing is done with everything that was read of the other one too. */
  function positionNow(): Position {
    const of = ({ heldLines, position }: StreamState): Position | undefined =>
      heldLines === 0 ? lastPosition : position;
    return { stdout: of(streams.stdout), stderr: of(streams.stderr) };
  }

  function shipBundle(stream: Stream, bundle: GroupBundle): void {
    const state = streams[stream];
    state.position = bundle.position;
    const entries: LogEntry[] = [];
    let droppedLines = 0;
    for (const group of bundle.groups) {
      state.heldLines -= group.lines.length;
      const entry = toEntry(group);
      if (entry === undefined) {
        droppedLines += group.lines.length;
        continue;
      }
      entries.push(entry);
      const error = toErrorEntry(entry, identity.release);
      if (error !== undefined) entries.push(error);
    }
    const told = shedding.note(droppedLines, lastTime, entries.length > 0);
    if (told !== undefined) entries.push(sayGap(told, lastTime));
    ship(entries, droppedLines === 0 ? undefined : { rate_limited: droppedLines });
  }

  function toEntry(group: LineGroup): LogEntry | undefined {
    const [first] = group.lines;
    if (first === undefined) return undefined;
    if (group.lines.length === 1) options.observer.onSingleLine(first);
    let parsed: ReturnType<typeof parseGroup> | undefined;
    const severityOf = (): number => {
      // Of a flood most lines are left out: only what may be severe is worth parsing.
      if (group.lines.length === 1 && !MAY_BE_SEVERE.test(first.text)) return SEVERITY.INFO;
      parsed ??= parseGroup(group.lines);
      return parsed.severityNumber;
    };
    if (!options.limiter.takes(first.time, group.lines.length, severityOf)) return undefined;
    parsed ??= parseGroup(group.lines);
    const safe = withPriority(redactParsed(parsed, options.redactor), first.priority);
    const { body, cutBytes: excessBytes } = cutBody(safe.body);
    const cutBytes = group.lines.reduce((sum, line) => sum + line.cutBytes, excessBytes);
    return {
      ...safe,
      body,
      ...(cutBytes === 0
        ? {}
        : { attributes: { ...safe.attributes, [ATTRIBUTE.cutBytes]: cutBytes } }),
      time: first.time,
      stream: first.stream,
      lines: group.lines.length,
    };
  }

  function ship(
    entries: readonly LogEntry[],
    dropped: Partial<Record<DropReason, number>> | undefined,
    unknownGaps = 0,
  ): void {
    shipper.ship({
      identity,
      entries,
      read: {
        source,
        position: positionNow(),
        life,
        ...(dropped === undefined ? {} : { dropped }),
        ...(unknownGaps === 0 ? {} : { unknownGaps }),
      },
      isUrgent: options.isUrgent(),
    });
  }

  return {
    resumePosition: (stream) => positionOfStream(shipper.positionOf(source), stream),
    push(line) {
      lastPosition = line.position;
      lastTime = line.time;
      options.lag.note(identity.service, clock.now() - toMillis(line.time));
      options.observer.onLine(line);
      if (options.mode === "tail") return;
      const state = streams[line.stream];
      state.heldLines += 1;
      state.joiner.push(line);
    },
    room: () => (options.mode === "tail" ? undefined : shipper.room(options.isUrgent())),
    gap(gap) {
      const dropped = gap.lines === undefined ? undefined : { [gap.reason]: gap.lines };
      ship([sayGap(gapText(gap), lastTime)], dropped, gap.lines === undefined ? 1 : 0);
    },
    flush() {
      streams.stdout.joiner.flush();
      streams.stderr.joiner.flush();
      const told = shedding.end();
      if (told !== undefined) ship([sayGap(told, lastTime)], undefined);
    },
  };
}

/** What the journal knows of an entry's severity, where its text says nothing. */
function withPriority(parsed: ParsedText, priority: number | undefined): ParsedText {
  if (priority === undefined || parsed.severityText !== undefined) return parsed;
  const severityNumber = severityFromSyslogPriority(priority);
  if (severityNumber === undefined) return parsed;
  return { ...parsed, severityNumber, severityText: severityNumberToText(severityNumber) };
}

/** Words of levels from WARN up, and of numbers that stand for them in JSON. */
const MAY_BE_SEVERE =
  /warn|wrn|err|fatal|ftl|panic|crit|alert|emerg|severe|fail|exception|"(?:level|lvl|severity)": ?"?[3-6]/i;

function gapText({ lines, detail }: Gap): string {
  const many = lines === undefined ? "an unknown number of lines" : countLines(lines);
  return `sightline: ${many} of this source ${lines === 1 ? "is" : "are"} missing here: ${detail}`;
}

function countLines(lines: number): string {
  return lines === 1 ? "1 line" : `${lines.toLocaleString("en")} lines`;
}

/** A gap is a line that people see where the missing ones would be. */
function sayGap(body: string, time: Time): LogEntry {
  return {
    body,
    time,
    severityNumber: SEVERITY.WARN,
    severityText: severityNumberToText(SEVERITY.WARN),
    attributes: { [ATTRIBUTE.loggerName]: "sightline-agent" },
    lines: 0,
  };
}
