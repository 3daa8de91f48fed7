import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorsPage, PAGE } from '../../scripts/errors-page.js';
import { problemCodes } from '../../src/core/errors.js';

describe('docs/errors.md', () => {
  const text = readFileSync(PAGE, 'utf8');

  it('is what npm run docs:errors makes of the errors there are', () => {
    expect(text).toBe(errorsPage());
  });

  it('has a chapter for each code', () => {
    const chapters = [...text.matchAll(/^## `(.*)`$/gm)].map(([, code]) => code);
    expect(chapters).toEqual([...problemCodes]);
  });

  it('says of each what to do', () => {
    for (const chapter of text.split('\n## ').slice(1)) {
      expect(chapter.trim().split('\n\n').length).toBeGreaterThanOrEqual(4);
    }
  });
});
