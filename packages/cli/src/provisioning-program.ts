import { type Command, Option } from "commander";
import type { Context } from "./context.ts";

type Choose = (command: (context: Context) => Promise<number>) => void;

/**
 * The commands that work on sightline.yaml. Each is loaded when it is called: the schema and the
 * parsers of PromQL and LogQL would cost every other command their start.
 */
export function addProvisioning(program: Command, choose: Choose): void {
  program
    .command("doctor")
    .description(
      "send a marked line, sample and span through every hop, and say which one is broken",
    )
    .option("--only <check...>", "these checks alone, and those that they build on")
    .option("--timeout <duration>", "how long to wait for each thing that was sent", "20s")
    .option("--json", "print every check as JSON")
    .action((options) =>
      choose(async (context) =>
        (await import("./commands/doctor.ts")).doctorCommand(context, options),
      ),
    );
  program
    .command("lint")
    .description("everything that is wrong with sightline.yaml, at once, with its line and column")
    .option("--file <path>", "the specification; sightline.yaml without it")
    .option("--target <name>", "one of its targets; each of them without it")
    .option("--live", "also ask the servers: does the series exist, how often would it have fired")
    .option("--strict", "warnings are problems, too")
    .option("--off <check...>", "leave out these checks; the names stand behind each problem")
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(["text", "json", "junit", "github"])
        .default("text"),
    )
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 no errors, 3 problems, 8 a server did not answer (--live), 64 wrong usage.",
    )
    .action((options) =>
      choose(async (context) => (await import("./commands/lint.ts")).lintCommand(context, options)),
    );
  program
    .command("build")
    .description("write what the servers read: rules, Alertmanager, Grafana files, agent.json")
    .option("--file <path>", "the specification; sightline.yaml without it")
    .option(
      "--target <name>",
      "one of its targets; each of them, in a folder of its own, without it",
    )
    .option("--out <folder>", "where to", ".sightline/build")
    .option("--check", "write nothing; exit code 2 if the folder is not as it would be written")
    .option("--force", "overwrite files there that build did not write")
    .option("--explain", "also print when each alert of an SLO fires")
    .addOption(
      new Option(
        "--sourcemaps <folder>",
        "instead: debug ids into this build of an app, its source maps to the gateway",
      ).conflicts(["target", "out", "check", "force", "explain"]),
    )
    .option("--app <name>", "with --sourcemaps: the app, by its name under apps")
    .option(
      "--maps <folder>",
      "with --sourcemaps: where to; the gateway's of this machine without it",
    )
    .option("--release <version>", "with --sourcemaps: kept in the maps for people")
    .option("--json", "print what changed as JSON")
    .addHelpText(
      "after",
      `
Files that it wrote before and that are no longer wanted are removed; others are never touched.
Exit codes: 0 written, 2 files differ (--check), 3 problems in the specification or (--sourcemaps)
in the build, 64 wrong usage.`,
    )
    .action((options) =>
      choose(async (context) =>
        [options.sourcemaps, options.app, options.maps, options.release].every(
          (option) => option === undefined,
        )
          ? (await import("./commands/build.ts")).buildCommand(context, options)
          : (await import("./commands/build-source-maps.ts")).buildSourceMapsCommand(
              context,
              options,
            ),
      ),
    );
  program
    .command("test")
    .description("what the alerts do with lines and samples of a test file, on the real servers")
    .argument("[files...]", "test files; *.sightline-test.yaml beside sightline.yaml without them")
    .option("--file <path>", "the specification", "sightline.yaml")
    .option("--target <name>", "one of its targets")
    .option("--filter <text>", "only tests with this in their name")
    .option("--init", "write a first test file")
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(["text", "json", "github"])
        .default("text"),
    )
    .option("--junit <file>", "also write a report that CI servers read")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 all passed, 3 a test failed or a file has faults, 64 nothing to test.",
    )
    .action((files, options) =>
      choose(async (context) =>
        (await import("./commands/test.ts")).testCommand(context, files, options),
      ),
    );
  program
    .command("plan")
    .description("what apply would do: every property before and after; reads only")
    .option("--file <path>", "the specification", "sightline.yaml")
    .option("--target <name>", "one of its targets, or all; the only one without it")
    .option("--prune", "also delete what is ours and no longer in the specification")
    .option("--adopt", "also take over what others made under the same id")
    .option("--out <file>", "keep the plan for apply")
    .option("--format <format>", "text, markdown (for a pull request's comment) or json", "text")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExit codes: 0 no changes, 2 changes, 3 faults in the specification.")
    .action((options) =>
      choose(async (context) => (await import("./commands/plan.ts")).planCommand(context, options)),
    );
  program
    .command("apply")
    .description("show the plan, ask, carry it out, and read back whether it is so")
    .argument("[plan]", "a file of plan --out; refused if anything changed since")
    .option("--file <path>", "the specification; sightline.yaml without it")
    .option("--target <name>", "one of its targets, or all; the only one without it")
    .option("--token <token>", "of the plan that was agreed to; refused if anything changed since")
    .option("--prune", "also delete what is ours and no longer in the specification")
    .option("--prune-all", "the same, also where that is most of it")
    .option("--adopt", "also take over what others made under the same id")
    .option("--yes", "do not ask")
    .option("--dry-run", "show the plan and write nothing")
    .option("--json", "print plan and outcome as JSON")
    .addHelpText(
      "after",
      `
Exit codes: 0 applied or nothing to do, 1 failed, 4 partly applied, 5 the plan is stale,
6 not authorised, 7 unsupported version of the server, 8 no answer, 130 interrupted.`,
    )
    .action((plan, options) =>
      choose(async (context) =>
        (await import("./commands/apply.ts")).applyCommand(context, plan, options),
      ),
    );
  program
    .command("notify")
    .description("send a real test message to a contact, and say what came back")
    .argument("<contact>", "its name in the specification")
    .option("--file <path>", "the specification; sightline.yaml without it")
    .option("--target <name>", "one of its targets; the only one without it")
    .option("--resolve", "also send that it is over")
    .option("--timeout <duration>", "how long to wait for an answer", "20s")
    .option("--json", "print what came back as JSON")
    .addHelpText("after", "\nExit codes: 0 delivered, 1 not delivered, 8 no answer.")
    .action((contact, options) =>
      choose(async (context) =>
        (await import("./commands/notify.ts")).notifyCommand(context, contact, options),
      ),
    );
  program
    .command("drift")
    .description("what on the server is not as the specification says, and who changed it")
    .option("--file <path>", "the specification", "sightline.yaml")
    .option("--target <name>", "one of its targets, or all; the only one without it")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExit codes: 0 as it should be, 2 drift.")
    .action((options) =>
      choose(async (context) =>
        (await import("./commands/drift.ts")).driftCommand(context, options),
      ),
    );
  program
    .command("import")
    .description(
      "what is there already, as sightline.yaml: rule files of Prometheus and Loki, or a Grafana",
    )
    .argument("<source...>", "rule files, or the address of a Grafana (its token in GRAFANA_TOKEN)")
    .option("--out <file>", "write it there, dashboards beside it; standard output without it")
    .option("--token-env <name>", "the variable that holds the token", "GRAFANA_TOKEN")
    .option("--json", "print what was read as JSON")
    .action((sources, options) =>
      choose(async (context) =>
        (await import("./commands/import.ts")).importCommand(context, sources, options),
      ),
    );
}
