/** Text that others chose, made safe to show: in a terminal it could otherwise move the cursor or hide what stands there. */

/** C0, DEL and C1, the two line separators of Unicode, and the controls that turn the direction of writing. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The text in one line, each control character as an escape (`\x1b`, `\u202e`); a backslash stays as it is. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
