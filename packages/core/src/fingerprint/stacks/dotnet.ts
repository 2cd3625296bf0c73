import type { ParsedStack } from "../parse-stack.ts";
import type { StackFrame } from "../stack-frame.ts";
import { boundedLines, keyOf, named, place, type Section, toStack } from "./stack-text.ts";

/** No space before the arguments, which tells it from JavaScript; names in other languages of the UI differ. */
const FRAME_SOURCE = String.raw`^\s{1,40}at ([^\s()](?:[^()\n]{0,398}[^\s()])?)\([^()\n]{0,400}\)(?: in (.{1,400}):line (\d{1,9}))?\s*$`;
const FRAME = new RegExp(FRAME_SOURCE);
export const DOTNET_MARK: RegExp = new RegExp(
  String.raw`${FRAME_SOURCE}|^Unhandled exception[.:] [\w.]{1,200}(?:: |$)`,
  "m",
);

const INNER = /^\s{0,40}---> (?:\(Inner Exception #\d{1,4}\) )?/;
const END_OF_INNER = /^\s{0,40}--- End of inner exception stack trace ---/;
const HEADER =
  /^(?:Unhandled exception[.:] )?((?:[\p{L}_]\w{0,80}\.){0,12}[\p{L}_][\w+`]{0,120})(?: \(0x[0-9A-Fa-f]{1,8}\))?(?:: (.*))?$/u;
const TYPE_NAME = /\.|(?:Exception|Error|Failure|Fault)$/;

/** A .NET exception with its inner ones; their frames stand above those of the outer one. */
export function parseDotnetStack(text: string): ParsedStack {
  const chain: Section[] = [{ frames: [] }];
  const headers: string[][] = [[]];
  let depth = 0;
  for (const line of boundedLines(text).flatMap(withInnerOnItsOwnLine)) {
    const frame = FRAME.exec(line);
    if (frame !== null) chain[depth]?.frames.push(frameOf(frame[1] ?? "", frame[2], frame[3]));
    else if (INNER.test(line)) {
      depth = chain.push({ frames: [] }) - 1;
      headers.push([line.replace(INNER, "")]);
    } else if (END_OF_INNER.test(line)) depth = Math.max(0, depth - 1);
    else if (chain[depth]?.frames.length === 0) headers[depth]?.push(line);
  }
  return toStack(
    chain.map((section, index) => ({ ...readHeader(headers[index] ?? []), ...section })),
  );
}

/** Before .NET 5, the inner exception stood on the line of the outer one. */
function withInnerOnItsOwnLine(line: string): string[] {
  const at = line.indexOf(" ---> ", 1);
  return at < 0 || line.trimStart().startsWith("--->")
    ? [line]
    : [line.slice(0, at), line.slice(at)];
}

function readHeader(lines: readonly string[]): Omit<Section, "frames"> {
  const start = lines.findIndex((line) => TYPE_NAME.test(HEADER.exec(line.trim())?.[1] ?? ""));
  const match = HEADER.exec(lines[start]?.trim() ?? "");
  if (start < 0 || match === null) return {};
  return named(match[1], [match[2] ?? "", ...lines.slice(start + 1)].join("\n"));
}

const LIBRARY =
  /^(?:System|Microsoft|Interop|Internal|MS|Npgsql|Newtonsoft|MediatR|Serilog|NLog|Dapper|Grpc|Polly|AutoMapper|FluentValidation|Hangfire|MassTransit|StackExchange|RabbitMQ|MySql|MySqlConnector|MongoDB|Swashbuckle|Autofac|Castle|Xunit|NUnit|Google|Amazon|Azure|Quartz|Confluent|OpenTelemetry|FSharp)\.|^lambda_method/;

function frameOf(name: string, file: string | undefined, line: string | undefined): StackFrame {
  return {
    function: name,
    ...place(file, line),
    inApp: !LIBRARY.test(name),
    key: keyOfMethod(name),
  };
}

/**
 * Compilers make classes of async methods and lambdas: `Acme.Cart.<TotalAsync>d__5.MoveNext` and
 * `Acme.Cart.<>c__DisplayClass1_0.<TotalAsync>b__0` are `TotalAsync (Acme.Cart)`.
 */
function keyOfMethod(name: string): string {
  const bare = name.replace(/\[[^\]]{0,200}\]/g, "").replace(/`\d{1,3}/g, "");
  const made = bare.indexOf("<");
  if (made >= 0) {
    const author = /<+([\p{L}_]\w{0,100})[>$]/u.exec(bare)?.[1] ?? "";
    return keyOf(author, bare.slice(0, made).replace(/[.+]+$/, ""));
  }
  const dot = bare.replace(/\.\.(?=c?ctor$)/, ".").lastIndexOf(".");
  return keyOf(bare.slice(dot + 1).replace(/^\./, ""), bare.slice(0, Math.max(dot, 0)));
}
