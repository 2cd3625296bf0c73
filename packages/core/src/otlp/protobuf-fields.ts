/** One field of a protobuf message. Groups, which proto3 does not have, make the message unreadable. */
export type ProtobufField =
  | { readonly number: number; readonly kind: "varint"; readonly value: bigint }
  | { readonly number: number; readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly number: number; readonly kind: "fixed64" | "fixed32"; readonly bytes: Uint8Array };

const MAX_VARINT_BYTES = 10;
const LENGTH_DELIMITED = 2;
const FIXED_BYTES: ReadonlyMap<number, number> = new Map([
  [1, 8],
  [5, 4],
]);

/**
 * The fields of a message in their order; their bytes are views.
 * Source: https://protobuf.dev/programming-guides/encoding/
 *
 * @returns undefined where the bytes are no message, or end too early.
 */
export function readProtobufFields(message: Uint8Array): ProtobufField[] | undefined {
  const fields: ProtobufField[] = [];
  let at = 0;
  while (at < message.length) {
    const tag = readVarint(message, at);
    if (tag === undefined) return undefined;
    const field = readField(message, tag.end, tag.value);
    if (field === undefined) return undefined;
    fields.push(field.field);
    at = field.end;
  }
  return fields;
}

interface ReadField {
  readonly field: ProtobufField;
  readonly end: number;
}

function readField(message: Uint8Array, start: number, tag: bigint): ReadField | undefined {
  const number = Number(tag >> 3n);
  const wireType = Number(tag & 7n);
  if (wireType === 0) {
    const varint = readVarint(message, start);
    return varint && { field: { number, kind: "varint", value: varint.value }, end: varint.end };
  }
  if (wireType === LENGTH_DELIMITED) {
    const length = readVarint(message, start);
    if (length === undefined) return undefined;
    const end = length.end + Number(length.value);
    if (end > message.length) return undefined;
    return { field: { number, kind: "bytes", bytes: message.subarray(length.end, end) }, end };
  }
  const bytes = FIXED_BYTES.get(wireType);
  if (bytes === undefined || start + bytes > message.length) return undefined;
  const kind = bytes === 8 ? "fixed64" : "fixed32";
  return {
    field: { number, kind, bytes: message.subarray(start, start + bytes) },
    end: start + bytes,
  };
}

function readVarint(
  message: Uint8Array,
  start: number,
): { readonly value: bigint; readonly end: number } | undefined {
  let value = 0n;
  for (let index = 0; index < MAX_VARINT_BYTES; index += 1) {
    const byte = message[start + index];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: start + index + 1 };
  }
  return undefined;
}
