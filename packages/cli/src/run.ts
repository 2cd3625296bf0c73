import { readFileSync } from "node:fs";
import { EXIT } from "@sightline/core";
import { Command, CommanderError, Option } from "commander";
import { crashesCommand, showCrashCommand } from "./commands/crashes.ts";
import { CRASHES_READ_HELP, readCrashCommand } from "./commands/crashes-read.ts";
import { downCommand } from "./commands/down.ts";
import { initCommand } from "./commands/init.ts";
import { logsCommand } from "./commands/logs.ts";
import { statusCommand } from "./commands/status.ts";
import { superviseCommand } from "./commands/supervise.ts";
import { upCommand } from "./commands/up.ts";
import { type Context, createContext } from "./context.ts";
import { Failure } from "./failure.ts";
import type { Io } from "./io.ts";
import { addProvisioning } from "./provisioning-program.ts";

type Run = (context: Context) => Promise<number>;

/** The whole CLI as a function: arguments in, exit code out; nothing here ends the process. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let chosen: Run | undefined;
  const program = createProgram(io, (command) => {
    chosen = command;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return chosen ? await chosen(createContext(io)) : EXIT.ok;
  } catch (error) {
    return reportError(io, error);
  }
}

function createProgram(io: Io, choose: (command: Run) => void): Command {
  const program = new Command("sightline")
    .description("The whole observability stack for a small team, from one command.")
    .version(readVersion())
    .showHelpAfterError("(--help shows what there is)")
    .showSuggestionAfterError()
    // The --json of `crashes show <id> --json` belongs to show, although crashes has one too.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err });
  program
    .command("up")
    .description("get and start the servers, and read every signal back")
    .addOption(
      new Option("--mode <mode>", "how to run the servers").choices(["docker", "embedded"]),
    )
    .addOption(
      new Option(
        "--only <part>",
        "stack: without the example application; build: get the servers, start nothing",
      ).choices(["stack", "build"]),
    )
    .option("--json", "print what was found as JSON")
    .addHelpText("after", UP_HELP)
    .action((options) => choose((context) => upCommand(context, options)));
  program
    .command("down")
    .description("stop the stack, and nothing else; the data stays")
    .option("--delete-data", "also delete all logs, metrics and example data, after asking")
    .option("--yes", "do not ask")
    .option("--json", "print what was stopped and deleted as JSON")
    .action((options) => choose((context) => downCommand(context, options)));
  program
    .command("status")
    .description("each server's health, and the age of what was last read back")
    .option("--json", "print it as JSON")
    .action((options) => choose((context) => statusCommand(context, options)));
  addInit(program, choose);
  addLogs(program, choose);
  addCrashes(program, choose);
  addErrors(program, choose);
  addProvisioning(program, choose);
  program
    .command("supervise", { hidden: true })
    .action(() => choose((context) => superviseCommand(context)));
  return program;
}

const UP_HELP = `
Starts Loki, Prometheus, Alertmanager, blackbox exporter and the OpenTelemetry Collector; with
Docker also Tempo and Grafana. Without --mode it uses Docker if an engine runs and the images are
there or can be pulled, and plain processes ("embedded") if not.

Exit codes: 0 every signal was read back, 1 not, or it did not start, 64 wrong usage.
Settings: SIGHTLINE_DATA (where everything is stored), SIGHTLINE_PORT_<NAME>, SIGHTLINE_HOST,
SIGHTLINE_LOG_RETENTION, SIGHTLINE_ENVIRONMENT, SIGHTLINE_PROVISIONING.`;

function addInit(program: Command, choose: (command: Run) => void): void {
  program
    .command("init")
    .description(
      "write what a project needs to be watched: sightline.yaml, Compose services, settings",
    )
    .argument("[folder]", "where the Compose file or package.json is; the current one without it")
    .option("--yes", "ask nothing")
    .option("--dry-run", "show what would be written, and write nothing")
    .option("--file <file...>", "Compose files in use, where Compose does not take them by itself")
    .option("--agent-only", "the agent alone; the stack runs on another machine")
    .option("--no-agent-only", "the whole stack again, after --agent-only")
    .option("--otlp-url <url>", "the collector of that stack, with --agent-only")
    .option("--json", "print what was found and done as JSON")
    .action((folder, options) => choose((context) => initCommand(context, folder, options)));
}

function addLogs(program: Command, choose: (command: Run) => void): void {
  program
    .command("logs")
    .description("the lines of a service, or of all; also of runs that are gone")
    .argument("[service]", "service.name of what to show; all services without it")
    .option("-f, --follow", "go on with new lines as they arrive")
    .option("--since <duration>", "how far back: 90s, 15m, 2h, 7d", "1h")
    .option("--grep <expression>", "only lines that match this regular expression (RE2)")
    .option("--severity <level>", "this severity and worse: trace, debug, info, warn, error, fatal")
    .option("--limit <lines>", "at most this many, the newest", "1000")
    .option("--environment <name>", "deployment.environment.name")
    .option("--host <name>", "host.name")
    .option("--kind <kind>", "log, error, crash, session, ticket, deploy or problem")
    .option("--no-fields", "leave out the fields behind a line")
    .option("--json", "one JSON object a line, with every field")
    .action((service, options) => choose((context) => logsCommand(context, service, options)));
}

function addCrashes(program: Command, choose: (command: Run) => void): void {
  const crashes = program
    .command("crashes")
    .enablePositionalOptions()
    .description("who died, when and why; newest first")
    .argument("[service]", "service.name of whom to show; all services without it")
    .option("--since <duration>", "how far back: 2h, 7d", "24h")
    .option("--all", "those that were asked to stop or ended well, too")
    .option("--limit <crashes>", "at most this many, the newest", "50")
    .option("--environment <name>", "deployment.environment.name")
    .option("--host <name>", "host.name")
    .option("--json", "one JSON object a line")
    .action((service, options) => choose((context) => crashesCommand(context, service, options)));
  crashes
    .command("show")
    .description("one death: its evidence, and the lines before it")
    .argument("<id>", "crash id, or as much of its beginning as no other has")
    .option("--json", "fields and lines as one JSON object")
    .action((id, options) => choose((context) => showCrashCommand(context, id, options)));
  crashes
    .command("read")
    .description(
      "what a dead process left in its crash recorder's file, or a running one keeps there",
    )
    .argument("<file>", "the file `ring` of a process, or the folder that it is in")
    .option("--json", "all of it as one JSON object")
    .addHelpText("after", CRASHES_READ_HELP)
    .action((file, options) => choose((context) => readCrashCommand(context, file, options)));
}

function addErrors(program: Command, choose: (command: Run) => void): void {
  // Only who asks for errors loads what reads source maps.
  const load = () => import("./commands/errors.ts");
  const errors = program
    .command("errors")
    .enablePositionalOptions()
    .description("what goes wrong in browsers and services, by how many people it hits")
    .argument("[service]", "service.name of what to show; all services without it")
    .option("--since <duration>", "how far back: 2h, 7d, at most 30d", "24h")
    .option("--release <version>", "only those of this release")
    .option("--limit <problems>", "at most this many, those that hit most people", "20")
    .option("--environment <name>", "deployment.environment.name")
    .option("--host <name>", "host.name")
    .option("--json", "one JSON object a line")
    .action((service, options) =>
      choose(async (context) => (await load()).errorsCommand(context, service, options)),
    );
  errors
    .command("show")
    .description("one problem: its stack in the words of the source, and what led to it")
    .argument("<id>", "id of the problem, or as much of its beginning as no other has")
    .option("--since <duration>", "how far back, at most 30d", "7d")
    .option("--json", "all of it as one JSON object")
    .action((id, options) =>
      choose(async (context) => (await load()).showErrorCommand(context, id, options)),
    );
}

function reportError(io: Io, error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  if (error instanceof Failure) {
    io.err(`sightline: ${error.message}\n`);
    for (const line of error.advice) if (line) io.err(`  ${line}\n`);
    return error.exitCode;
  }
  if (isSystemError(error)) {
    io.err(`sightline: ${error.message}\n`);
    io.err(
      error.path === undefined
        ? "  make room on the disk of what was to be written, then run it again\n"
        : "  check the permissions and the free space of what is named here\n",
    );
    return EXIT.failure;
  }
  io.err(
    `sightline: a fault of ours, please report it: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return EXIT.failure;
}

/** A file that may not be written, a disk that is full: nothing that a stack trace would explain. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error && "syscall" in error)) return false;
  // A write into an open file names no path.
  const { code = "" } = error as NodeJS.ErrnoException;
  return "path" in error || ["ENOSPC", "EDQUOT", "EFBIG"].includes(code);
}

function readVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
