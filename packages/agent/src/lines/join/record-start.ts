/** How loggers, access logs and structured lines start when no time stands in front. */
const RECORD_START =
  /^(?:[[<(]?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE|trace|debug|info|warn|warning|error|fatal|critical|Trace|Debug|Info|Warn|Warning|Fatal)[\]>):]?(?:[\s:]|$)|[IWEF], \[|[IWEF]\d{4} |<\d{1,3}>|\{"|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3} |(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/|[\w.]{1,40}=\S{1,200} [\w.]{1,40}=|Listening |Server |Started |Connected )/;

/** Whether a line without a time in front is clearly a record of its own. */
export function hasRecordStart(text: string): boolean {
  return RECORD_START.test(text);
}

const ERROR_WORD =
  /ERR|[Ee]rror|WARN|[Ww]arn|FATAL|[Ff]atal|SEVERE|CRIT|ALERT|EMERG|PANIC|[Pp]anic|[Ee]xception|EXCEPTION|FAIL|[Ff]ail|Unhandled|Uncaught|[Cc]rash|[Tt]erminat|⨯|✖|^E[\d,]/;
const QUIET_LEVEL = /\b(?:INFO|info|DEBUG|debug|TRACE|trace|NOTICE|notice|VERBOSE)\b/;
/** A request that failed is no error with a stack below it. */
const ACCESS_LINE = /^[^"]{0,300}"[A-Z]{3,7} [^"]{0,600}"/;
const LEVEL_LENGTH = 120;
const WORD_LENGTH = 300;

/** Whether a stack below this line may be its stack. */
export function hasErrorWord(text: string): boolean {
  if (ACCESS_LINE.test(text)) return false;
  return (
    ERROR_WORD.test(text.slice(0, WORD_LENGTH)) && !QUIET_LEVEL.test(text.slice(0, LEVEL_LENGTH))
  );
}
