import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { resolveSecrets } from "../../src/config/resolve-secrets.ts";

const folder = mkdtempSync(join(tmpdir(), "sightline-agent-secrets-"));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o600);
  return join(folder, name);
};
afterAll(() => rmSync(folder, { recursive: true }));

describe("references to secrets", () => {
  it("take the variable's and the file's value, without the line end that editors leave", () => {
    const path = file("token", "s3cret\n");
    const texts = {
      authorization: `Bearer \${file:${path}}`,
      both: `\${env:USER_PART}:\${file:${path}}!`,
      plain: "text",
    };
    expect(resolveSecrets(texts, { USER_PART: "me" })).toEqual({
      status: "ok",
      values: { authorization: "Bearer s3cret", both: "me:s3cret!", plain: "text" },
    });
  });

  it("take a token that was renewed", () => {
    const path = file("renewed", "old");
    const texts = { authorization: `\${file:${path}}` };
    expect(resolveSecrets(texts, {})).toMatchObject({ values: { authorization: "old" } });
    file("renewed", "new");
    expect(resolveSecrets(texts, {})).toMatchObject({ values: { authorization: "new" } });
  });

  it("say all that is missing, and no value", () => {
    const lines = file("lines", "hunter2\nhunter3\n");
    const empty = file("empty", "\n");
    const result = resolveSecrets(
      {
        a: `\${env:NOT_SET}`,
        b: `\${file:${folder}/missing}`,
        c: `hunter1 \${file:${lines}}`,
        d: `\${file:${empty}}`,
      },
      {},
    );
    expect(result).toEqual({
      status: "faults",
      faults: [
        'a: the environment variable "NOT_SET" is not set; expected the secret in it',
        `b: cannot read the file "${folder}/missing": ENOENT; expected a file that this user may read`,
        `c: the file "${lines}" holds more than one line, or control characters; expected one line`,
        `d: the file "${empty}" is empty; expected the secret in it`,
      ],
    });
  });
});
