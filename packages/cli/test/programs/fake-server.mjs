// A server as the supervisor sees one. Settings: FAKE_PORT, FAKE_NAME, FAKE_JOURNAL (a file that it
// writes its start and end to), FAKE_GATE (a file that must be there for it to be healthy),
// FAKE_MODE (dies: ends at once; stubborn: hears no SIGTERM).
import { appendFileSync, existsSync } from "node:fs";
import { createServer } from "node:http";

const { FAKE_PORT, FAKE_NAME, FAKE_JOURNAL, FAKE_GATE, FAKE_MODE } = process.env;
const note = (what) => appendFileSync(FAKE_JOURNAL, `${FAKE_NAME} ${what}\n`);

if (FAKE_MODE === "dies") {
  console.error("reading the configuration");
  console.error('unknown setting "colour"');
  process.exit(3);
}
process.on("SIGTERM", () => {
  note("was asked to end");
  if (FAKE_MODE !== "stubborn") process.exit(0);
});
createServer((_, response) => {
  response.statusCode = !FAKE_GATE || existsSync(FAKE_GATE) ? 200 : 503;
  response.end();
}).listen(Number(FAKE_PORT), "127.0.0.1", () => {
  console.log(`${FAKE_NAME} listens`);
  note("started");
});
