import type { ParsedStack } from "../parse-stack.ts";
import type { StackFrame } from "../stack-frame.ts";
import { boundedLines, keyOf, named, place, type Section, toStack } from "./stack-text.ts";

const FILE = String.raw`(?:Native Method|Unknown Source|<[\w ]{1,40}>|[^\s:()]{1,200}\.(?:java|kt|kts|scala|groovy|clj[cs]?|gvy|ktx?)(?::\d{1,9})?|[\w$.-]{1,200}:\d{1,9})`;
/** A class loader and module may stand before (`app//`, `java.base@21/`), the jar after. */
const FRAME_SOURCE = String.raw`^\s{0,40}at ([^()\n]{0,400}[^()\s])\((${FILE})\)(?: ~?\[[^\]\n]{0,200}\])?\s*$`;
const FRAME = new RegExp(FRAME_SOURCE);
export const JAVA_MARK: RegExp = new RegExp(
  String.raw`${FRAME_SOURCE}|^Exception in thread "[^"\n]{0,200}" [\w$.]`,
  "m",
);

const MORE = /^\s{0,40}\.\.\. (\d{1,5}) (?:more|common frames omitted)$/;
const CAUSE = /^(\s{0,40})(Caused by|Suppressed|Wrapped by): /;
const HEADER =
  /^(?:Exception in thread "[^"]{0,200}" )?((?:[\p{L}_$][\w$]{0,80}\.){0,12}[\p{L}_$][\w$]{0,120})(?:: (.*))?$/u;
const EMBEDDED =
  /\b((?:[a-z_]\w{0,60}\.){1,10}[A-Z][\w$]{0,100}(?:Exception|Error|Throwable))(?:: (.*))?$/;
const TYPE_NAME = /[.$]|(?:Exception|Error|Throwable|Failure|Fault)$/;

/**
 * A throwable of the JVM (Java, Kotlin, Scala, Groovy) with its causes. Frames that `... n more`
 * stands for are put back from the trace around it, so that a root cause has its callers.
 */
export function parseJavaStack(text: string): ParsedStack {
  const sections: Section[] = [];
  let isRootFirst = false;
  for (const lines of splitCauses(boundedLines(text))) {
    if (lines[0]?.startsWith("Wrapped by: ")) isRootFirst = true;
    sections.push(readSection(lines, sections.at(-1)?.frames ?? []));
  }
  return toStack(isRootFirst ? sections.reverse() : sections);
}

/** Suppressed ones are left out with all that is indented below them. */
function splitCauses(lines: readonly string[]): string[][] {
  const sections: string[][] = [[]];
  let skipped = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const indent = line.length - line.trimStart().length;
    if (indent < skipped) skipped = Number.POSITIVE_INFINITY;
    if (indent >= skipped) continue;
    const cause = CAUSE.exec(line);
    if (cause === null) sections.at(-1)?.push(line);
    else if (cause[2] === "Suppressed") skipped = Math.max(1, indent);
    else sections.push([line.trimStart()]);
  }
  return sections;
}

function readSection(lines: readonly string[], around: readonly StackFrame[]): Section {
  const header: string[] = [];
  const frames: StackFrame[] = [];
  for (const line of lines) {
    const match = FRAME.exec(line);
    const more = MORE.exec(line)?.[1];
    if (match !== null) frames.push(frameOf(match[1] ?? "", match[2] ?? ""));
    else if (more !== undefined) frames.push(...around.slice(-Number(more)));
    else if (frames.length === 0) header.push(line);
  }
  return { ...readHeader(header), frames };
}

function readHeader(lines: readonly string[]): Omit<Section, "frames"> {
  const bare = lines.map((line) => line.replace(CAUSE, ""));
  const start = bare.findIndex((line) => isHeader(HEADER.exec(line)?.[1]));
  const found = start >= 0 ? start : bare.findIndex((line) => EMBEDDED.test(line));
  const line = bare[found];
  if (line === undefined) return {};
  const match = (start >= 0 ? HEADER : EMBEDDED).exec(line);
  const message = [match?.[2] ?? "", ...bare.slice(found + 1)].join("\n");
  return named(match?.[1], message);
}

function isHeader(name: string | undefined): boolean {
  return (
    name !== undefined && TYPE_NAME.test(name) && !/^[\w.]{0,200}\.(?:java|kt|log)$/.test(name)
  );
}

const LIBRARY = new RegExp(
  `^(?:${[
    "javax?|jdk|sun|jakarta|kotlinx?|scala|clojure|groovy|android|androidx|dalvik|reactor|akka|rx|okhttp3|okio|retrofit2|feign|freemarker|liquibase|graphql|oracle",
    String.raw`com\.(?:sun|mysql|zaxxer|fasterxml|google|netflix|mongodb|oracle|ibm|rabbitmq|amazonaws|datastax|squareup|android|intellij|codahale|hazelcast|microsoft\.(?:sqlserver|azure)|azure)`,
    String.raw`org\.(?:springframework|apache|hibernate|eclipse|jboss|wildfly|junit|testng|gradle|codehaus|slf4j|postgresql|mariadb|h2|mockito|aspectj|quartz|jooq|mybatis|flywaydb|thymeleaf|glassfish|jetbrains|xnio|reactivestreams|elasticsearch|opensearch|mongodb|bouncycastle|scalatest|redisson|infinispan|keycloak|bson|xml|w3c|thingsboard\.server\.common\.transport)`,
    String.raw`io\.(?:netty|vertx|micronaut|quarkus|undertow|ktor|micrometer|grpc|opentelemetry|lettuce|reactivex|projectreactor|smallrye|r2dbc|jsonwebtoken|helidon|dropwizard|confluent)`,
    String.raw`net\.(?:bytebuddy|sf\.(?:cglib|jasperreports|ehcache))|software\.amazon|redis\.clients|ch\.qos|play\.(?:api|core|libs|mvc)`,
  ].join("|")})\\.`,
);
/** Classes that are made at run time under a number that changes. */
const GENERATED =
  /\$\$(?:Lambda|Enhancer|FastClass|SpringCGLIB|KeyFactory)|\$HibernateProxy\$|\$Proxy\d|Generated(?:Method|Constructor|SerializationConstructor)Accessor\d|\$\$YJP\$|_\$\$_(?:jvst|javassist|Weld)/;

function frameOf(call: string, where: string): StackFrame {
  const isGenerated = GENERATED.test(call);
  // A hidden class has a slash of its own (`Cart$$Lambda/0x01f.run`): only what precedes is a module.
  const name = call.replace(/^(?:[\w.@+-]{0,100}\/){1,2}(?=[^/]{1,400}$)/, "");
  const [, file, line] =
    /^([^\s:]{1,200}\.\w{1,8}|[\w$.-]{1,200})(?::(\d{1,9}))?$/.exec(where) ?? [];
  return {
    function: name,
    ...place(file, line),
    inApp: !isGenerated && !LIBRARY.test(name),
    key: isGenerated ? "" : keyOfMethod(name),
  };
}

/** `com.acme.Cart$1.lambda$total$0` → `lambda$total (com.acme.Cart)`. */
function keyOfMethod(name: string): string {
  const dot = name.lastIndexOf(".");
  return keyOf(
    withoutNumbers(name.slice(dot + 1)),
    withoutNumbers(name.slice(0, Math.max(dot, 0))),
  );
}

/** Compilers number lambdas and anonymous classes in the order of the file; Clojure its functions. */
function withoutNumbers(name: string): string {
  return name.replace(/(?:\$|__)\d{1,9}(?![\w])|\$\d{1,9}(?=\$)/g, "");
}
