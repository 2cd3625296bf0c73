/** Takes the lock of a folder, says so, and holds it until it is killed. Argument: the folder. */
import { lockDirectory } from "../../../src/ship/directory-lock.ts";

const result = await lockDirectory(process.argv[2] ?? "");
process.stdout.write(`${result.status}\n`);
setInterval(() => {}, 60_000);
