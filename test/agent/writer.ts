import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../docker/engine.ts";
import { cacheDirectory } from "../docker/images.ts";
import { repositoryRoot } from "../harness/stack.ts";

const SOURCES = join(repositoryRoot, "test/agent/writer");

/** Image in the engine; only the tag tells its versions apart. */
export const WRITER_REPOSITORY = "sightline-test/writer";
export const WRITER_IMAGE: string = `${WRITER_REPOSITORY}:1.0.0`;

/** Why the containers of these tests cannot be built here; nothing if they can. */
export function whyNoWriter(): string | undefined {
  try {
    findWriter();
    return undefined;
  } catch (error) {
    return `the writer is not built and \`go build\` failed: ${String(error)}`;
  }
}

/** The static binary, built anew where its sources changed. */
function findWriter(): string {
  const sources = ["go.mod", "main.go"].map((file) => readFileSync(join(SOURCES, file)));
  const digest = createHash("sha256").update(Buffer.concat(sources)).digest("hex").slice(0, 12);
  const folder = join(cacheDirectory(), "test-writer", digest);
  const path = join(folder, "writer");
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const draft = `${path}.${process.pid}`;
  execFileSync("go", ["build", "-trimpath", "-ldflags", "-s -w", "-o", draft, "."], {
    cwd: SOURCES,
    env: { ...process.env, CGO_ENABLED: "0" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  renameSync(draft, path);
  return path;
}

/** Makes the image FROM scratch: the writer and nothing else. */
export function importWriter(engine: Engine, image: string = WRITER_IMAGE): void {
  const archive = join(engine.directory, "writer.tar");
  const path = findWriter();
  execFileSync("tar", ["-C", join(path, ".."), "-cf", archive, "writer"]);
  // The comment makes each tag an image of its own, as a real release is.
  const changes = ['ENTRYPOINT ["/writer"]', `LABEL image=${image}`];
  engine.run("docker", ["import", ...changes.flatMap((c) => ["--change", c]), archive, image]);
  rmSync(archive);
}
