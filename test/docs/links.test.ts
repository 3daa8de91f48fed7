/** A link that leads nowhere loses the reader who needed it. Those inside the repository are followed, to the heading. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PAGES } from '../support/shell-blocks.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const links = PAGES.flatMap(({ path, text }) =>
  [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) =>
    /^[a-z]+:/.test(target) ? [] : [{ page: path, target }],
  ),
);

describe('a link in the documentation', () => {
  it.each(links)('leads somewhere: $target ($page)', ({ page, target }) => {
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? page : join(dirname(page), file);
    expect(existsSync(join(ROOT, path))).toBe(true);
    if (anchor !== undefined) expect(anchorsIn(readFileSync(join(ROOT, path), 'utf8'))).toContain(anchor);
  });

  it('leads to every page, from the README on', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const { target } of links.filter((link) => link.page === page)) {
        const [file = ''] = target.split('#');
        const path = join(dirname(page), file);
        if (file.endsWith('.md')) reached.add(path);
      }
    }
    expect(PAGES.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });
});

function withoutBlocks(text: string): string {
  return text.replaceAll(/^( *)```[^]*?^\1```$/gm, '');
}

/** As GitHub makes them of headings: small, spaces to hyphens, a number behind one that was there before. */
function anchorsIn(text: string): readonly string[] {
  const seen = new Map<string, number>();
  return [...withoutBlocks(text).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
}
