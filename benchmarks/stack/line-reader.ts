import { setTimeout as delay } from "node:timers/promises";
import { queryLines } from "./loki.ts";
import { findLines } from "./numbered-line.ts";

const POLL_MILLIS = 100;
/** A line younger than this may still be on its way, so every query reaches back that far. */
const LOOK_BACK_MILLIS = 15_000;

export interface SeenLine {
  readonly printedAt: number;
  /** The answer that first had it was here whole, Unix milliseconds. */
  readonly readAt: number;
}

export interface ReadLimits {
  readonly giveUpMillis: number;
  /** What is missing if the time runs out; without it running out is a result like any other. */
  readonly mustSucceed?: string;
}

/** Asks Loki again and again, as somebody who watches a log does. */
export interface LineReader {
  seen: (service: string) => ReadonlyMap<number, SeenLine>;
  /** Lines that one answer had more than once. */
  doubled: (service: string) => number;
  /** Time from one answer to the next. */
  gapsMillis: () => readonly number[];
  /** Reads in the background from now on. */
  start: () => void;
  /** Resolves once the condition holds, or the time since this call is over; then reading ends. */
  readUntil: (isDone: (reader: LineReader) => boolean, limits: ReadLimits) => Promise<void>;
}

export function createLineReader(lokiUrl: string, selector: string): LineReader {
  const seen = new Map<string, Map<number, SeenLine>>();
  const doubled = new Map<string, Set<number>>();
  const gaps: number[] = [];
  let lastAnswerAt: number | undefined;
  let background: Promise<void> | undefined;
  let isStopped = false;

  const linesOf = (service: string): Map<number, SeenLine> => {
    const lines = seen.get(service) ?? new Map<number, SeenLine>();
    seen.set(service, lines);
    return lines;
  };

  const poll = async (): Promise<void> => {
    const stored = await queryLines(lokiUrl, selector, Date.now() - LOOK_BACK_MILLIS);
    const readAt = Date.now();
    if (lastAnswerAt !== undefined) gaps.push(readAt - lastAnswerAt);
    lastAnswerAt = readAt;
    const inThisAnswer = new Set<string>();
    for (const { service, text } of stored) {
      for (const { number, printedAt } of findLines(text)) {
        const key = `${service} ${number}`;
        if (inThisAnswer.has(key)) {
          doubled.set(service, (doubled.get(service) ?? new Set()).add(number));
        }
        inThisAnswer.add(key);
        const lines = linesOf(service);
        if (!lines.has(number)) lines.set(number, { printedAt, readAt });
      }
    }
  };

  const loop = async (isOver: () => boolean): Promise<void> => {
    while (!isOver()) {
      await poll();
      await delay(POLL_MILLIS);
    }
  };

  const reader: LineReader = {
    seen: linesOf,
    doubled: (service) => doubled.get(service)?.size ?? 0,
    gapsMillis: () => gaps,
    start: () => {
      isStopped = false;
      gaps.length = 0;
      lastAnswerAt = undefined;
      background = loop(() => isStopped);
      // Told to whoever awaits it in readUntil; until then a failure must not end the process.
      background.catch(() => {});
    },
    readUntil: async (isDone, { giveUpMillis, mustSucceed }) => {
      isStopped = true;
      await background;
      const deadline = performance.now() + giveUpMillis;
      await loop(() => isDone(reader) || performance.now() > deadline);
      if (mustSucceed !== undefined && !isDone(reader)) {
        throw new Error(`waited ${giveUpMillis / 1000} s in vain for ${mustSucceed}`);
      }
    },
  };
  return reader;
}
