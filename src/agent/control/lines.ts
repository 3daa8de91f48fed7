/** Cuts a stream of bytes into lines, and holds no more of one than the limit. */

/** A request with sixteen endpoints takes a few hundred bytes. */
export const LONGEST_LINE = 64 * 1024;

/** Feeds chunks in, gets lines out, without their ends. Answers `undefined` once a line is too long, and ever after. */
export function lineCutter(longest: number = LONGEST_LINE): (chunk: Buffer) => string[] | undefined {
  let parts: Buffer[] = [];
  let length = 0;
  let broken = false;

  return (chunk) => {
    const lines: string[] = [];
    let rest = chunk;
    while (!broken) {
      const end = rest.indexOf(0x0a);
      const part = end < 0 ? rest : rest.subarray(0, end);
      length += part.length;
      if (length > longest) broken = true;
      else if (end < 0) {
        if (part.length > 0) parts.push(part);
        return lines;
      } else {
        lines.push(Buffer.concat([...parts, part]).toString('utf8'));
        parts = [];
        length = 0;
        rest = rest.subarray(end + 1);
      }
    }
    parts = [];
    return undefined;
  };
}
