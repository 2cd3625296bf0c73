export type { CapturedPoint, CapturedRecord, CapturedSpan } from "./captured.ts";
export type {
  AttributeMatch,
  PointMatch,
  RecordMatch,
  SpanMatch,
  TextMatch,
} from "./matching.ts";
export { startForTests, type TestSightline } from "./start-for-tests.ts";
