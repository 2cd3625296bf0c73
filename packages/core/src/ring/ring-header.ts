import { parseFacts } from "./parse-content.ts";
import type { RingFacts } from "./ring-content.ts";
import {
  DATA_OFFSET,
  HEADER_FIXED_BYTES,
  HEADER_PAGE_BYTES,
  MAX_RING_BYTES,
  RING_MAGIC,
  RING_VERSION,
} from "./ring-layout.ts";
import type { RingTools } from "./ring-tools.ts";

export interface RingHeader {
  readonly salt: number;
  readonly dataBytes: number;
  readonly facts: RingFacts;
}

export type DecodedHeader =
  | { readonly status: "read"; readonly header: RingHeader }
  | { readonly status: "unreadable"; readonly message: string };

const AT = { version: 8, dataOffset: 12, dataBytes: 16, salt: 20, factBytes: 24, crc: 28 } as const;

/**
 * The header page. Facts that do not fit lose their resource attributes but for the service's name,
 * which is better than no recorder.
 */
export function encodeRingHeader(
  { salt, dataBytes, facts }: RingHeader,
  tools: RingTools,
): Uint8Array {
  const page = new Uint8Array(HEADER_PAGE_BYTES);
  const view = new DataView(page.buffer);
  const text = encodeFacts(facts, tools);
  page.set(RING_MAGIC);
  view.setUint32(AT.version, RING_VERSION, true);
  view.setUint32(AT.dataOffset, DATA_OFFSET, true);
  view.setUint32(AT.dataBytes, dataBytes, true);
  view.setUint32(AT.salt, salt, true);
  view.setUint32(AT.factBytes, text.length, true);
  page.set(text, HEADER_FIXED_BYTES);
  view.setUint32(AT.crc, headerCrc(page, text.length, salt, tools), true);
  return page;
}

function encodeFacts(facts: RingFacts, tools: RingTools): Uint8Array {
  const room = HEADER_PAGE_BYTES - HEADER_FIXED_BYTES;
  const whole = tools.encodeText(JSON.stringify(facts));
  if (whole.length <= room) return whole;
  const { serviceName, pid, startedAt, nodeVersion, run, keepsLines, reportsFatalErrors } = facts;
  const bare: RingFacts = {
    serviceName: serviceName.slice(0, 1_000),
    resourceAttributes: { "service.name": serviceName.slice(0, 1_000) },
    pid,
    hostName: facts.hostName.slice(0, 255),
    containerId: facts.containerId?.slice(0, 64),
    startedAt,
    bootId: facts.bootId?.slice(0, 64),
    nodeVersion: nodeVersion.slice(0, 64),
    run,
    keepsLines,
    reportsFatalErrors,
  };
  return tools.encodeText(JSON.stringify(bare));
}

/** Says what is wrong with a file that is no ring, or one of another version. Never throws. */
export function decodeRingHeader(bytes: Uint8Array, tools: RingTools): DecodedHeader {
  if (bytes.length < HEADER_FIXED_BYTES) {
    return unreadable(`only ${bytes.length} bytes long: no ring file, or cut short`);
  }
  if (RING_MAGIC.some((byte, at) => bytes[at] !== byte)) {
    return unreadable("does not begin as a ring file does");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = view.getUint32(AT.version, true);
  if (version !== RING_VERSION) {
    return unreadable(`ring format version ${version}, this reads version ${RING_VERSION}`);
  }
  const dataBytes = view.getUint32(AT.dataBytes, true);
  const factBytes = view.getUint32(AT.factBytes, true);
  const salt = view.getUint32(AT.salt, true);
  const end = HEADER_FIXED_BYTES + factBytes;
  const isSane =
    view.getUint32(AT.dataOffset, true) === DATA_OFFSET &&
    dataBytes <= MAX_RING_BYTES &&
    end <= HEADER_PAGE_BYTES;
  if (!isSane) return unreadable("its header is damaged: sizes out of range");
  if (end > bytes.length)
    return unreadable(`cut short within its header, after ${bytes.length} bytes`);
  if (headerCrc(bytes, factBytes, salt, tools) !== view.getUint32(AT.crc, true)) {
    return unreadable("its header is damaged: wrong checksum");
  }
  const facts = parseFacts(tools.decodeText(bytes.subarray(HEADER_FIXED_BYTES, end)));
  if (facts === undefined) return unreadable("its header is damaged: no facts of a process");
  return { status: "read", header: { salt, dataBytes, facts } };
}

function headerCrc(page: Uint8Array, factBytes: number, salt: number, tools: RingTools): number {
  const fixed = tools.crc32(page.subarray(0, AT.crc), salt);
  return tools.crc32(page.subarray(HEADER_FIXED_BYTES, HEADER_FIXED_BYTES + factBytes), fixed);
}

function unreadable(message: string): DecodedHeader {
  return { status: "unreadable", message };
}
