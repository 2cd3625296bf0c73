import { describe, expect, test } from "vitest";
import { isOneEditApart, rankDocuments } from "../src/search.ts";

describe("isOneEditApart", () => {
  test.each([
    ["monday", "mondai", true],
    ["monday", "mnday", true],
    ["mnday", "monday", true],
    ["monday", "mondayy", true],
    ["monday", "omnday", true],
    ["monday", "tuesday", false],
    ["monday", "mnoady", false],
    ["monday", "mond", false],
    ["ab", "cd", false],
  ])("%s and %s: %s", (left, right, expected) => {
    expect(isOneEditApart(left, right)).toBe(expected);
  });
});

describe("rankDocuments", () => {
  const documents = [
    { id: 1, title: "Soup", body: "On Thursday.", comments: "" },
    { id: 2, title: "Thursday", body: "There is soup.", comments: "More soup, please." },
    { id: 3, title: "Friday", body: "No food.", comments: "" },
  ];

  test("wants every word, and puts titles before texts", () => {
    const ids = (query: string) => rankDocuments(query, documents, 10).map(({ id }) => id);
    expect(ids("soup")).toEqual([1, 2]);
    expect(ids("soup thursday")).toEqual([2, 1]);
    expect(ids("soup friday")).toEqual([]);
    expect(ids("...")).toEqual([]);
  });

  test("gives at most as many as asked", () => {
    expect(rankDocuments("soup", documents, 1)).toHaveLength(1);
  });
});
