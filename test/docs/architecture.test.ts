/** Holds docs/ARCHITECTURE.md to the code: a diagram or a map that no longer fits leads a reader astray. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TRANSITIONS, type StateName } from '../../src/core/connection/states.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEXT = readFileSync(join(ROOT, 'docs/ARCHITECTURE.md'), 'utf8');

describe('the state diagram in docs/ARCHITECTURE.md', () => {
  it('is the one drawn from the table of transitions', () => {
    const [, shown] = /```mermaid\n([^]*?)```/.exec(TEXT) ?? [];
    const drawn = diagram();
    expect(shown, `It should be:\n\n${drawn}`).toBe(drawn);
  });
});

describe('the map in docs/ARCHITECTURE.md', () => {
  it('names no file and no folder that is not there', () => {
    const paths = [...TEXT.matchAll(/`((?:bin|docs|lab|scripts|src|test)(?:\/[\w./-]+)?)`/g)].map(([, path]) => path);
    expect(paths.filter((path = '') => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(mapped().filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('says of every file of the core what it decides', () => {
    expect(filesIn('src/core').filter((path) => !mapped().includes(path))).toEqual([]);
  });

  it('has every folder of the sources', () => {
    const folders = new Set(filesIn('src').map((path) => dirname(path)));
    expect([...folders].filter((folder) => !TEXT.includes(`\`${folder}\``))).toEqual([]);
  });
});

describe('the invariants in docs/ARCHITECTURE.md', () => {
  const rows = [...TEXT.matchAll(/^\| .+? \| `(test\/[^`]+)` +\| (.+?) +\|$/gm)].map(
    ([, file = '', sentence = '']) => ({
      file,
      sentence,
    }),
  );

  it.each(rows)('have in $file the test "$sentence"', ({ file, sentence }) => {
    expect(readFileSync(join(ROOT, file), 'utf8').includes(sentence)).toBe(true);
  });

  it('are there', () => {
    expect(rows.length).toBeGreaterThan(10);
  });
});

/** As Mermaid has it. A connection begins in the first state of the table. */
function diagram(): string {
  const states = Object.keys(TRANSITIONS) as StateName[];
  const ways = states.flatMap((from) => TRANSITIONS[from].map((to) => `  ${from} --> ${to}\n`));
  return ['stateDiagram-v2\n', `  [*] --> ${states[0] ?? ''}\n`, ...ways].join('');
}

/** The files in the tables of the map, under the heading with their folder. */
function mapped(): readonly string[] {
  return TEXT.split(/^### /m).flatMap((section) => {
    const [, folder] = /^`(src[^`]*)`\n/.exec(section) ?? [];
    if (folder === undefined) return [];
    return [...section.matchAll(/^\| `([\w-]+\.ts)` /gm)].map(([, file = '']) => `${folder}/${file}`);
  });
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path}`);
