/** Lengths, widths and units of what is printed. */
import { printable } from '../../core/text.js';

/** How many columns of a terminal the text takes: wide characters two, combining marks none. Without ANSI in it. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : COMBINING.test(character) ? 0 : 1;
  return columns;
}

// East Asian wide and full-width blocks, and the emoji.
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;
const COMBINING = /^\p{Mark}$/u;

/** Safe for the terminal and at most so many columns; what is cut off shows as `…`. */
export function shorten(text: string, columns: number): string {
  const safe = printable(text);
  if (columnsOf(safe) <= columns) return safe;
  let short = '';
  for (const character of safe) {
    if (columnsOf(short + character) > columns - 1) break;
    short += character;
  }
  return `${short}…`;
}

/** However long the lead is, and however narrow the column. */
const LEAST_ROOM = 4;

/** Words on lines of at most so many columns, the first one after `lead`, the others indented as far as that is long. */
export function wrap(text: string, columns: number, lead = ''): string {
  const indent = ' '.repeat(columnsOf(lead));
  const room = Math.max(LEAST_ROOM, columns - indent.length);
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text)
    .split(' ')
    .flatMap((long) => pieces(long, room))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columnsOf(longer) <= room) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].map((each, at) => `${at === 0 ? lead : indent}${each}`.trimEnd()).join('\n');
}

/** A word that no line holds, cut into pieces that fit. */
function pieces(word: string, columns: number): readonly string[] {
  const parts = [''];
  for (const character of word) {
    const longer = `${parts.at(-1) ?? ''}${character}`;
    if (columnsOf(longer) <= columns) parts[parts.length - 1] = longer;
    else parts.push(character);
  }
  return parts;
}

/** An age or a time to come: `0 s`, `59 s`, `4 min`, `3 h`, `2 d`; rounded down. */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A time that was measured: `0.4 ms`, `25 ms`, `1.2 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${milliseconds.toFixed(0)} ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 9950 ? 1 : 0)} s`;
}

/** `0 B`, `1023 B`, `1.2 MiB`, `34 GiB`. */
export function bytes(count: number): string {
  let value = count;
  let unit = 'B';
  for (const larger of ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']) {
    if (value < 999.5) break;
    value /= 1024;
    unit = larger;
  }
  return `${unit === 'B' || value >= 9.95 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
}
