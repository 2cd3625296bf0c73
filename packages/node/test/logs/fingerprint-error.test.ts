import { fingerprint, parseStack } from "@sightline/core";
import { expect, it } from "vitest";
import { fingerprintError } from "../../src/logs/fingerprint-error.ts";

function errorAt(line: number, message = "no such item") {
  const stack = `Error: ${message}\n    at sell (/app/sell.js:${line}:1)\n    at buy${line} (/app/buy.js:1:1)`;
  return { type: "Error", message, stack };
}

it("gives each error its own fingerprints, first and remembered, also beyond what is remembered", () => {
  const lines = Array.from({ length: 200 }, (_, n) => n);
  for (const line of [...lines, 7, 7, 199, 0]) {
    const error = errorAt(line);
    const { frames } = parseStack(error.stack);
    expect(fingerprintError(error)).toEqual(fingerprint({ ...error, frames }));
  }
});

it("tells errors apart that differ in type or message alone", () => {
  const error = errorAt(1);
  const prints = [error, { ...error, type: "RangeError" }, { ...error, message: "sold out" }];
  expect(new Set(prints.map((one) => fingerprintError(one).fp)).size).toBe(3);
});

it("reads a stack too long to be remembered", () => {
  const error = errorAt(1, "x".repeat(20_000));
  expect(fingerprintError(error)).toEqual(fingerprintError(error));
});
