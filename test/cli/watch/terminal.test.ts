import { describe, expect, it } from 'vitest';
import { Frame } from '../../../src/cli/watch/terminal.js';

function terminal(rows: number) {
  const written: string[] = [];
  return { rows, written, write: (text: string) => written.push(text) };
}

/** What a terminal shows of it, without the codes. */
const shown = (text = ''): string[] => text.replaceAll(/\u001b\[[?\d]*\w/g, '').split('\n');

describe('a text that is kept up to date on a terminal', () => {
  it('has a screen of its own and hides the cursor, until it ends', () => {
    const own = terminal(24);
    const frame = new Frame(own);
    frame.close();
    expect(own.written).toEqual(['\u001b[?1049h\u001b[?25l', '\u001b[?25h\u001b[?1049l']);
  });

  it('is drawn over the one before, of which nothing stays', () => {
    const own = terminal(24);
    const frame = new Frame(own);
    frame.draw('one\ntwo', 'foot');
    expect(own.written[1]).toBe('\u001b[Hone\u001b[K\ntwo\u001b[K\n\u001b[K\nfoot\u001b[K\u001b[J');
  });

  it('never scrolls: what has no room is counted', () => {
    const own = terminal(6);
    new Frame(own).draw('1\n2\n3\n4\n5\n6\n7', 'foot');
    expect(shown(own.written[1])).toEqual(['1', '2', '3', '… 4 more lines', '', 'foot']);
    const exact = terminal(6);
    new Frame(exact).draw('1\n2\n3\n4', 'foot');
    expect(shown(exact.written[1])).toEqual(['1', '2', '3', '4', '', 'foot']);
  });
});
