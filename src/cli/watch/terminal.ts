/**
 * A terminal on which one text takes the place of another: on its second screen, so that what stood there before comes
 * back afterwards.
 */
export interface Terminal {
  write(text: string): unknown;
  readonly rows: number;
}

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

export class Frame {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    terminal.write(ENTER);
  }

  /** Shows as much of the text as the terminal has rows; the footer always. In one write, so that nothing flickers. */
  draw(text: string, footer: string): void {
    const lines = text.split('\n');
    // One for the footer, one above it.
    const room = Math.max(1, this.#terminal.rows - 2);
    const shown =
      lines.length <= room ? lines : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more lines`];
    const body = [...shown, '', footer].map((line) => `${line}${CLEAR_LINE}`).join('\n');
    this.#terminal.write(`${HOME}${body}${CLEAR_BELOW}`);
  }

  close(): void {
    this.#terminal.write(LEAVE);
  }
}
