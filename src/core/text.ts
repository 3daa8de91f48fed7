/**
 * Text that others had a hand in, made safe to show: in a terminal it could otherwise move the cursor, hide what stands
 * there, or turn the direction of writing. JSON gets the same characters as JSON's own escapes.
 */

/**
 * C0, DEL and C1; soft hyphen; Arabic letter mark; zero-width ones and directional marks; line and paragraph separator;
 * directional embeddings, isolates and invisible operators; the byte order mark; interlinear annotation; tags; halves
 * of surrogate pairs.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** The text in one line, each unsafe character as `\u{1b}`; everything else, a backslash too, as it is. */
export const printable = (text: string): string =>
  text.replaceAll(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** The same for text of ours that may have several lines. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');

/** An indented JSON document. Parses to the same value, and is as harmless on a terminal as `printable`. */
export const toJson = (value: unknown): string => safeJson(JSON.stringify(value, undefined, 2));

/** The same in one line. */
export const toJsonLine = (value: unknown): string => safeJson(JSON.stringify(value));

const safeJson = (json: string): string =>
  json.replaceAll(UNSAFE, (character) =>
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, at) => escapeUnit(character, at)).join(''),
  );

const escapeUnit = (character: string, at: number): string =>
  `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
