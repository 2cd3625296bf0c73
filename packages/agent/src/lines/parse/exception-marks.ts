/** How an exception came to be known: nobody caught it, or somebody wrote it down. */
export type ExceptionOrigin = "uncaught" | "rejection" | "panic" | "heap_limit" | "logged";

interface ExceptionMark {
  /** A line with which a runtime begins to say why it ends. */
  readonly pattern: RegExp;
  readonly origin: ExceptionOrigin;
  /** Class, where the text names none. */
  readonly type?: string;
  /** What must stand below it: compilers write `fatal error:` too. */
  readonly below?: RegExp;
  /** A thread or worker may print it and the process go on. */
  readonly mayGoOn?: boolean;
}

export const RUBY_RAISED: RegExp =
  /^\S{1,400}:\d{1,9}:in [`'].{1,200}?': .{0,1000}\([A-Z][\w:]{0,200}\)$/;
export const PYTHON_TRACEBACK: RegExp =
  /^\s{0,4}(?:[+|] ?)?(?:Exception Group )?Traceback \(most recent call last\):$/;

/** The first that fits. Lines of loggers before the class name are no end: see `logged`. */
export const EXCEPTION_MARKS: readonly ExceptionMark[] = [
  {
    pattern:
      /^(?:\[[^\]]{1,40}\] )?(?:FATAL ERROR: .{0,200}|# Fatal JavaScript )(?:JavaScript heap out of memory|invalid table size|out of memory)/,
    origin: "heap_limit",
    type: "HeapOutOfMemory",
  },
  {
    pattern:
      /^(?:Terminating due to |Aborting due to |Exception in thread "[^"]{0,200}" )java\.lang\.OutOfMemoryError\b/,
    origin: "heap_limit",
    type: "java.lang.OutOfMemoryError",
  },
  { pattern: /^Out of memory\.$/, origin: "heap_limit", type: "System.OutOfMemoryException" },
  { pattern: /^panic: /, origin: "panic", type: "panic" },
  {
    pattern: /^(?:fatal error: |runtime: goroutine stack exceeds )/,
    origin: "panic",
    type: "runtime.fatalError",
    below: /^goroutine \d{1,20} /,
  },
  {
    pattern: /^thread '[^']{0,200}' (?:\(\d{1,20}\) )?panicked at /,
    origin: "panic",
    type: "panic",
  },
  { pattern: /^Stack overflow\.$/, origin: "panic", type: "System.StackOverflowException" },
  { pattern: /^# A fatal error has been detected by the Java /, origin: "panic", type: "JvmError" },
  { pattern: /^Fatal Python error: /, origin: "panic", type: "FatalPythonError" },
  { pattern: /^Exception in thread "main" /, origin: "uncaught" },
  { pattern: /^Exception in thread "/, origin: "uncaught", mayGoOn: true },
  { pattern: /^Unhandled exception[.:] /, origin: "uncaught" },
  { pattern: /^(?:PHP )?Fatal error: {1,2}Uncaught /, origin: "uncaught", mayGoOn: true },
  { pattern: RUBY_RAISED, origin: "uncaught", mayGoOn: true },
  { pattern: PYTHON_TRACEBACK, origin: "uncaught", mayGoOn: true },
  { pattern: /^(?:error: )?Uncaught \(in promise\)/, origin: "rejection" },
  { pattern: /^error: Uncaught /, origin: "uncaught" },
];

/** Node prints where it was thrown: file and line, the source, a caret below. */
export const NODE_PLACE: RegExp =
  /^(?:file:\/\/\/|\/|[A-Za-z]:\\|node:|evalmachine|\[eval).{0,500}:\d{1,9}$/;
export const NODE_CARET: RegExp = /^\s{0,1000}\^+$/;
/** The last line of Node 18 and newer after an error that nobody caught. */
export const NODE_FOOTER: RegExp = /^Node\.js v\d{1,3}\.\d/;
/** How Node tells an unhandled rejection from a throw; of an Error it often does not. */
export const NODE_REJECTION: RegExp =
  /UnhandledPromiseRejection\b|ERR_UNHANDLED_REJECTION|true \/\* fromPromise \*\//;

/** A call in a stack, of whatever language. */
export const FRAME_LINE: RegExp =
  /^\s{1,40}at \S|^\s{0,12}(?:\| {1,4})?File "[^"]{1,500}", line \d|^\s{1,8}from \S{1,400}:\d{1,9}:in |\S:\d{1,9}:in [`']|^#\d{1,4} \S|^\s{1,8}\S{1,500}\.(?:go|s):\d{1,9}(?:\s|$)|^\s{1,6}\d{1,4}:\s{1,6}\S/;

/** What stands in a stack besides its calls. */
export const CONTINUATION: RegExp =
  /^\s|^$|^[})\]]|^#(?: |$)|^(?:Caused by: |Wrapped by: |Next [A-Z]|Stack trace:|\[stacktrace\]|goroutine \d|created by |\[signal |exit status |Traceback \(|The above exception |During handling |Node\.js v\d|note: |stack backtrace:|-{3,5} |r\w{1,3} {2,}0x|\(Use `node )|^[\w./*()[\]{}@%-]{1,400}\([^()]{0,400}\)$/;
