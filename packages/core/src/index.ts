export { closestName } from "./closest-name.ts";
export {
  ACCESS_LOG_FORMATS,
  type AccessLogConfig,
  type AccessLogFormat,
  type AccessLogFormatConfig,
  type AccessLogSplitConfig,
  AGENT_DEFAULTS,
  type AgentConfig,
  type AgentDockerConfig,
  type AgentOtlpConfig,
  type AgentRedactionConfig,
  type FileSourceConfig,
  type JournaldSourceConfig,
  type MultilineConfig,
  type RateLimitConfig,
  type SpoolConfig,
} from "./config/agent.ts";
export {
  GATEWAY_APP_DEFAULTS,
  GATEWAY_DEFAULTS,
  GATEWAY_LIVE_SETTINGS,
  GATEWAY_ROLES,
  type GatewayApp,
  type GatewayConfig,
  type GatewayRedactionConfig,
  type GatewayRole,
} from "./config/gateway.ts";
export {
  AGENT_MODES,
  type AgentMode,
  ALERT_LABEL,
  ANNOTATION,
  ATTRIBUTE,
  CANARY_DELAY_BUCKETS_SECONDS,
  CANARY_LINE_STATES,
  CANARY_SERVICE_NAME,
  type CanaryLineState,
  CRASH_FIELD,
  DATA_FOLDER,
  DB_DURATION_BUCKETS_SECONDS,
  DEPLOY_FIELD,
  DOCKER_LABEL,
  ENV,
  ERROR_FIELD,
  EVENT_NAME,
  EXIT,
  FARO,
  GATEWAY_PATH,
  GATEWAY_REASON_HEADER,
  GATEWAY_SERVICE_NAME,
  GRAFANA_UID,
  HOST_LABEL,
  HOST_METRIC,
  HTTP_DURATION_BUCKETS_SECONDS,
  KINDS,
  type Kind,
  LAYOUT_SHIFT_BUCKETS,
  LOGS_MODES,
  LOKI_LABEL,
  LOKI_LIMIT,
  LOKI_METADATA,
  type LogsMode,
  METRIC,
  PAGE_METADATA,
  PORT,
  type PortName,
  PROBLEM_FIELD,
  PROMETHEUS,
  PROMETHEUS_LABEL,
  RECORDED,
  RESOURCE,
  SCRAPE_JOB,
  SERVER_LABEL,
  SERVER_METRIC,
  SESSION_FIELD,
  SHIP_MODES,
  type ShipMode,
  STACK_SERVICE_NAME,
  TICKET_FIELD,
  USER_SECRET_FILE,
  WEB_VITAL_BUCKETS_SECONDS,
} from "./conventions.ts";
export { DROP_REASON_NAMES, DROP_REASONS, type DropReason, isDropReason } from "./drop-reason.ts";
export { type DurationResult, formatBytes, formatDuration, parseDuration } from "./duration.ts";
export { type EngineError, toCommonError } from "./fingerprint/engine-message.ts";
export {
  FINGERPRINT_VERSION,
  type Fingerprint,
  type FingerprintInput,
  fingerprint,
} from "./fingerprint/fingerprint.ts";
export { maskMessage } from "./fingerprint/message-template.ts";
export { MUTED_ERRORS, type MutedError, mutedFingerprint } from "./fingerprint/muted-errors.ts";
export { type ParsedStack, parseStack } from "./fingerprint/parse-stack.ts";
export { isInAppFile, type StackFrame } from "./fingerprint/stack-frame.ts";
export {
  type AnyStack,
  fingerprintStack,
  parseAnyStack,
  type StackLanguage,
} from "./fingerprint/stacks/parse-any-stack.ts";
export { type DecodedRecord, decodeLogRecord } from "./otlp/decode-record.ts";
export {
  type CrashBody,
  type CrashLine,
  formatCrashLines,
  parseCrashBody,
} from "./records/crash-body.ts";
export { type CrashRecord, crashId, type ProcessPlace } from "./records/crash-record.ts";
export type { DeployRecord } from "./records/deploy-record.ts";
export { type DeathInWords, describeDeath } from "./records/describe-death.ts";
export type { ErrorRecord } from "./records/error-record.ts";
export type { Attributes, AttributeValue, LogRecord, RecordBase } from "./records/log-record.ts";
export {
  PROBLEM_ACTIONS,
  type ProblemAction,
  type ProblemRecord,
} from "./records/problem-record.ts";
export {
  type BrowserErrorBody,
  formatBrowserError,
  parseBrowserError,
} from "./records/raised-stack.ts";
export { isSameDeath, type ReportedDeath } from "./records/same-death.ts";
export { SESSION_STATES, type SessionRecord, type SessionState } from "./records/session-record.ts";
export { TICKET_STATES, type TicketRecord, type TicketState } from "./records/ticket-record.ts";
export { type EventRecord, toAttributes } from "./records/to-attributes.ts";
export { isVerdict, type Verdict, verdictSignal } from "./records/verdict.ts";
export {
  REDACTION_CATEGORIES,
  type RedactionCategory,
  redactionMark,
} from "./redaction/category.ts";
export { cutAtWord } from "./redaction/cut-text.ts";
export { createRedactor, type Redactor, type RedactorOptions } from "./redaction/redactor.ts";
export { createTextRedactor, type TextRedactor } from "./redaction/text-redactor.ts";
export { LEFT_OUT_KEY } from "./redaction/walk.ts";
export { toKnownMethod, toSpanMethod } from "./request-method.ts";
export type { FatalReport, RingDeath } from "./ring/death-of-ring.ts";
export {
  decodeRing,
  decodeRingInSteps,
  type Ring,
} from "./ring/decode-ring.ts";
export { judgeRing } from "./ring/judge-ring.ts";
export { parseFatalReport } from "./ring/parse-report.ts";
export type {
  RingExit,
  RingFacts,
  RingFatal,
  RingFrame,
  RingHeartbeat,
  RingJudgement,
  RingSettled,
} from "./ring/ring-content.ts";
export {
  describeRingDeath,
  ringCrashId,
  toRingCrash,
} from "./ring/ring-crash.ts";
export { describeHeartbeat } from "./ring/ring-evidence.ts";
export { writeFrame } from "./ring/ring-frame.ts";
export { encodeRingHeader } from "./ring/ring-header.ts";
export {
  DATA_OFFSET,
  frameBytes,
  MAX_RING_BYTES,
  MIN_RING_BYTES,
  maxFramePayload,
  type RingSlot,
  ringDataBytes,
} from "./ring/ring-layout.ts";
export { lastLineAt, type RingLine, readLastLines, toCrashLine } from "./ring/ring-lines.ts";
export { encodeSlot } from "./ring/ring-slot.ts";
export type { RingTools } from "./ring/ring-tools.ts";
export { createSettledNumbers } from "./ring/settled-numbers.ts";
export { type InferredSeverity, inferSeverity } from "./severity/infer-severity.ts";
export {
  SEVERITY,
  SEVERITY_RANGES,
  type SeverityName,
  type SeverityNumber,
  type SeverityRange,
  severityNumberToText,
  severityRange,
} from "./severity/severity.ts";
export { severityFromSyslogPriority, severityFromText } from "./severity/severity-from-text.ts";
export { cleanText } from "./text/clean-text.ts";
export {
  HLL_GROUPS,
  HLL_REGISTERS,
  type HllRegister,
  hllGroup,
  hllRegister,
} from "./users/hyper-log-log.ts";
export { isUserHash, isUserSecret, USER_SECRET_EXPECTED } from "./users/user-hash.ts";
