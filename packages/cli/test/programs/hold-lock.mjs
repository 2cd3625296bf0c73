// Holds the lock named by its argument until it is ended.
import { acquireLock } from "../../src/stack/lock.ts";

const result = await acquireLock(process.argv[2], {
  pid: process.pid,
  command: "up",
  sinceUnixMillis: 1_700_000_000_000,
});
process.stdout.write(`${result.status}\n`);
setInterval(() => {}, 1_000);
