/** What docs/commands.md says, for the tests that hold it. */
import { readFileSync } from 'node:fs';

const TEXT = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8');

/** The JSON documents of a command's chapter, in their order; what stands for something longer is `…`. */
export function documented(command: string): readonly Readonly<Record<string, unknown>>[] {
  const [, chapter = ''] = TEXT.split(new RegExp(`^## wirelink ${command}\\b`, 'm'));
  const [own = ''] = chapter.split(/^## /m);
  return [...own.matchAll(/```json\n([^]*?)```/g)].map(
    ([, json = '']) => JSON.parse(json) as Readonly<Record<string, unknown>>,
  );
}

/** Which fields a document has, at every depth, as `peers[].publicKey`; sorted, each once. */
export function fieldsOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return unique(value.flatMap((item) => fieldsOf(item, `${path}[]`)));
  if (typeof value !== 'object' || value === null) return [];
  return unique(
    Object.entries(value).flatMap(([name, inner]) => {
      const here = path === '' ? name : `${path}.${name}`;
      return [here, ...fieldsOf(inner, here)];
    }),
  );
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();
