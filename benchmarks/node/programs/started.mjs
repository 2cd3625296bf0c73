// The first line of a service that imports what services import, and its end.
import "express";
import "winston";

const { user, system } = process.cpuUsage();
const started = { millis: performance.now(), cpuMillis: (user + system) / 1_000 };
process.stdout.write(`${JSON.stringify(started)}\n`, () => process.kill(process.pid, "SIGKILL"));
