/** Whoever is told a reason finds it in docs/troubleshooting.md: under its code, and under no other. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TEXT = readFileSync(`${ROOT}docs/troubleshooting.md`, 'utf8');
const VIEWS = readFileSync(`${ROOT}src/core/views.ts`, 'utf8');

describe('docs/troubleshooting.md', () => {
  it('has a section for each cause, and no other', () => {
    expect(headingsUnder('Why a peer is not direct', 'What is wrong with this machine')).toEqual(wordsOf('CauseCode'));
  });

  it('has a section for each check of doctor, and no other', () => {
    expect(headingsUnder('What doctor checks')).toEqual(wordsOf('CheckName'));
  });

  it('says something in each of them', () => {
    const sections = TEXT.split(/^### /m).slice(1);
    expect(sections.filter((section) => section.split('\n').slice(1).join('').length < 40)).toEqual([]);
  });
});

/** The codes in headings of the third level, sorted. */
function headingsUnder(...titles: readonly string[]): readonly string[] {
  const chapters = TEXT.split(/^## /m).filter((chapter) => titles.some((title) => chapter.startsWith(`${title}\n`)));
  expect(chapters).toHaveLength(titles.length);
  return chapters.flatMap((chapter) => [...chapter.matchAll(/^### `([\w-]+)`$/gm)].map(([, code = '']) => code)).sort();
}

/** The words of a union of literals in the sources, sorted. */
function wordsOf(type: string): readonly string[] {
  const [, union = ''] = new RegExp(`^export type ${type} =([^;]*);`, 'm').exec(VIEWS) ?? [];
  return [...union.matchAll(/'([\w-]+)'/g)].map(([, word = '']) => word).sort();
}
