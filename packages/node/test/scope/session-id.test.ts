import { expect, it } from "vitest";
import { readSessionId } from "../../src/scope/session-id.ts";

it.each([
  ["session.id=abcDEF12_-", "abcDEF12_-"],
  ["tenant=7, session.id = abcdefgh ;p=1,x=y", "abcdefgh"],
  [`session.id=${"a".repeat(64)}`, "a".repeat(64)],
  ["session.id=short,session.id=longenough", "longenough"],
])("reads %s", (header, id) => {
  expect(readSessionId(header)).toBe(id);
});

it.each([
  "",
  "session.id=short",
  `session.id=${"a".repeat(65)}`,
  "session.id=has%20space",
  "session.id=<script>alert(1)",
  "xsession.id=abcdefgh",
  "session-id=abcdefgh",
  `${" ".repeat(1_000_000)}session.id=abcdefgh`,
  `${",".repeat(10_000)}session.id=abcdefgh`,
])("takes nothing from %.60s", (header) => {
  expect(readSessionId(header)).toBeUndefined();
});
