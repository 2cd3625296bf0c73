/** Raw snappy, as Loki's push API takes it. Source: google/snappy, format_description.txt. */
export function unsnappy(input) {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = input[at++];
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  const output = Buffer.alloc(length);
  let written = 0;
  while (at < input.length) {
    const tag = input[at++];
    const kind = tag & 3;
    if (kind === 0) {
      let size = tag >> 2;
      if (size >= 60) {
        const bytes = size - 59;
        size = input.readUIntLE(at, bytes);
        at += bytes;
      }
      written += input.copy(output, written, at, at + size + 1);
      at += size + 1;
      continue;
    }
    const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const width = [0, 1, 2, 4][kind];
    const offset = kind === 1 ? ((tag >> 5) << 8) | input[at] : input.readUIntLE(at, width);
    at += width;
    // Byte by byte: a copy may overlap what it writes.
    for (let index = 0; index < size; index += 1, written += 1) {
      output[written] = output[written - offset];
    }
  }
  return output;
}
