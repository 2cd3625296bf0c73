import { describe, expect, it } from "vitest";
import { createMemoryStore, type Store } from "../../src/page/storage.ts";
import {
  createSessions,
  parseSession,
  SESSION_IDLE_MILLIS,
  SESSION_MAX_MILLIS,
  type Sessions,
} from "../../src/sessions/session.ts";

const KEY = "session";

interface Tab {
  readonly sessions: Sessions;
  readonly changes: string[];
}

function openTab(store: Store, now: () => number, sampleRate = 1): Tab {
  const changes: string[] = [];
  const sessions: Sessions = createSessions({
    store,
    storeKey: KEY,
    sampleRate,
    now,
    // Which session the change is told in is what counts.
    onChange: (change) => changes.push(`${change} in ${sessions.current().id.slice(0, 4)}`),
  });
  sessions.open();
  return { sessions, changes };
}

function makeClock(): { now: () => number; pass: (millis: number) => void } {
  let time = 1_700_000_000_000;
  return {
    now: () => time,
    pass: (millis) => {
      time += millis;
    },
  };
}

describe("createSessions", () => {
  it("begins one, resumes it on the next page, and ends it in its own name", () => {
    const clock = makeClock();
    const store = createMemoryStore();
    const first = openTab(store, clock.now);
    const id = first.sessions.current().id;
    expect(first.changes).toEqual([`started in ${id.slice(0, 4)}`]);

    clock.pass(SESSION_IDLE_MILLIS - 1);
    const second = openTab(store, clock.now);
    expect(second.sessions.current().id).toBe(id);
    expect(second.changes).toEqual([`resumed in ${id.slice(0, 4)}`]);

    clock.pass(SESSION_IDLE_MILLIS + 1);
    const third = openTab(store, clock.now);
    const next = third.sessions.current();
    expect(next).toMatchObject({ previousId: id });
    expect(third.changes).toEqual([
      `ended in ${id.slice(0, 4)}`,
      `started in ${next.id.slice(0, 4)}`,
    ]);
  });

  it("never lasts longer than its maximum, however busy the user is", () => {
    const clock = makeClock();
    const { sessions } = openTab(createMemoryStore(), clock.now);
    const { id } = sessions.current();
    for (let passed = 0; passed < SESSION_MAX_MILLIS; passed += 60_000) {
      expect(sessions.current().id).toBe(id);
      clock.pass(60_000);
      sessions.touch();
    }
    expect(sessions.current().id).not.toBe(id);
  });

  it("follows the other tab, where the user was meanwhile", () => {
    const clock = makeClock();
    const store = createMemoryStore();
    const quiet = openTab(store, clock.now);
    const busy = openTab(store, clock.now);
    for (let i = 0; i < 4; i += 1) {
      clock.pass(10 * 60_000);
      busy.sessions.touch();
    }
    quiet.sessions.touch();
    expect(quiet.sessions.current().id).toBe(busy.sessions.current().id);
    expect(quiet.changes).toHaveLength(1);

    clock.pass(SESSION_IDLE_MILLIS + 1);
    busy.sessions.touch();
    clock.pass(5000);
    quiet.sessions.touch();
    expect(quiet.sessions.current().id).toBe(busy.sessions.current().id);
    expect(quiet.changes).toHaveLength(1);
  });

  it("takes a clock that was set back for the end of the session", () => {
    const clock = makeClock();
    const { sessions } = openTab(createMemoryStore(), clock.now);
    const { id } = sessions.current();
    clock.pass(-3_600_000);
    sessions.touch();
    expect(sessions.current().id).not.toBe(id);
  });

  it("decides once whether it is told, and keeps that", () => {
    const clock = makeClock();
    const store = createMemoryStore();
    const { sessions } = openTab(store, clock.now, 0);
    expect(sessions.current().sampled).toBe(false);
    expect(openTab(store, clock.now, 1).sessions.current().sampled).toBe(false);
    clock.pass(SESSION_IDLE_MILLIS + 1);
    expect(openTab(store, clock.now, 1).sessions.current().sampled).toBe(true);
  });
});

it("takes nothing from a store that is no session", () => {
  const good = { id: "a".repeat(32), startedAt: 1, activeAt: 2, sampled: true };
  expect(parseSession(JSON.stringify(good))).toEqual(good);
  for (const bad of [
    undefined,
    "",
    "null",
    "[]",
    "{",
    JSON.stringify({ ...good, id: "<script>" }),
    JSON.stringify({ ...good, startedAt: "1" }),
    JSON.stringify({ ...good, activeAt: null }),
  ]) {
    expect(parseSession(bad), bad).toBeUndefined();
  }
  expect(parseSession(JSON.stringify({ ...good, previousId: "../x" }))).toEqual(good);
});
