/**
 * Holds the JSON in docs/commands.md to the types that the commands answer with: each example has the type's keys, all of
 * them, with values that fit; and where a value is one of a few words, all of these words are somewhere in the document.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TEXT = readFileSync(`${ROOT}docs/commands.md`, 'utf8');

/** The examples in the order of the document: the type of each, and where it is. */
const EXAMPLES = [
  ['ReadyView', 'src/core/views.ts'],
  ['DryRunView', 'src/core/views.ts'],
  ['CheckedView', 'src/core/views.ts'],
  ['RestoredView', 'src/core/views.ts'],
  ['FactsReport', 'src/cli/render/facts.ts'],
  ['PeersReport', 'src/cli/render/peers.ts'],
  ['ConnectReport', 'src/commands/connect.ts'],
  ['ProbeReport', 'src/commands/probe.ts'],
  ['ProbeReport', 'src/commands/probe.ts'],
  ['DoctorView', 'src/core/views.ts'],
  ['CompletionReport', 'src/commands/completion.ts'],
  ['HostsView', 'src/core/views.ts'],
  ['InvitedView', 'src/core/views.ts'],
  ['RemovedView', 'src/core/views.ts'],
  ['EventsReport', 'src/commands/events.ts'],
  ['GraphReport', 'src/cli/graph/model.ts'],
] as const;

/** Stands for keys that another example has. */
const AS_ELSEWHERE = '…';

const found = TEXT.split(/^## (?=wirelink )|^## Errors[^]*/m)
  .slice(1)
  .flatMap((section) =>
    [...section.matchAll(/```json\n([^]*?)```/g)].map(([, json = '']) => ({
      section,
      json: JSON.parse(json) as unknown,
    })),
  );
const program = ts.createProgram([...new Set(EXAMPLES.map(([, file]) => ROOT + file))], {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  noEmit: true,
  types: ['node'],
});
const checker = program.getTypeChecker();

describe('docs/commands.md', () => {
  it('has an example for each type', () => {
    expect(found).toHaveLength(EXAMPLES.length);
  });

  it.each(EXAMPLES.map(([name, file], index) => ({ number: index + 1, name, file, ...found[index] })))(
    'shows $name as it is, example $number',
    ({ name, file, json, section = '' }) => {
      expect(differences(json, typeOf(name, file), name, section)).toEqual([]);
    },
  );
});

function typeOf(name: string, file: string): ts.Type {
  const source = program.getSourceFile(ROOT + file);
  const module = source && checker.getSymbolAtLocation(source);
  const symbol = module && checker.getExportsOfModule(module).find((each) => each.name === name);
  if (symbol === undefined) throw new Error(`${file} exports no type ${name}`);
  return checker.getDeclaredTypeOfSymbol(symbol);
}

/** What of the value does not fit the type, and what of the type is neither in the value nor in the section. */
function differences(value: unknown, type: ts.Type, at: string, section: string): string[] {
  const types = (type.isUnion() ? type.types : [type]).filter((each) => (each.flags & ts.TypeFlags.Undefined) === 0);
  const untold = types
    .filter((each) => each.isStringLiteral())
    .filter((each) => each.value !== value && !TEXT.includes(`\`${each.value}\``))
    .map((each) => `${at}: nothing is said of ${each.value}`);
  const ways = types.map((each) => differencesOfOne(value, each, at, section));
  const [closest = []] = ways.sort((one, other) => one.length - other.length);
  return [...closest, ...untold];
}

function differencesOfOne(value: unknown, type: ts.Type, at: string, section: string): string[] {
  if (type.isStringLiteral())
    return value === type.value ? [] : [`${at}: ${JSON.stringify(value)} is not ${type.value}`];
  // A branded string is text that was checked.
  const plain = type.isIntersection() ? type.types.find((each) => (each.flags & ts.TypeFlags.Object) === 0) : type;
  const primitive = plain && primitiveOf(plain);
  if (primitive !== undefined) {
    return typeof value === primitive ? [] : [`${at}: ${JSON.stringify(value)} is no ${primitive}`];
  }
  if (Array.isArray(value)) {
    const element = checker.getIndexTypeOfType(type, ts.IndexKind.Number);
    if (element === undefined) return [`${at}: is no list`];
    return value.flatMap((each) => differences(each, element, `${at}[]`, section));
  }
  if (typeof value !== 'object' || value === null || checker.isArrayType(type)) return [`${at}: has another shape`];
  return differencesInside(value as Readonly<Record<string, unknown>>, type, at, section);
}

function differencesInside(
  value: Readonly<Record<string, unknown>>,
  type: ts.Type,
  at: string,
  section: string,
): string[] {
  const properties = type.getProperties();
  const names = new Set(properties.map(({ name }) => name));
  const strange = Object.keys(value).filter((key) => key !== AS_ELSEWHERE && !names.has(key));
  return [
    ...strange.map((key) => `${at}.${key}: is not answered`),
    ...properties.flatMap((property) => {
      const { name } = property;
      const isNever = checker.getNonNullableType(checker.getTypeOfSymbol(property)).flags & ts.TypeFlags.Never;
      if (isNever) return [];
      if (name in value) return differences(value[name], checker.getTypeOfSymbol(property), `${at}.${name}`, section);
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      if (AS_ELSEWHERE in value || (optional && section.includes(`\`${name}\``))) return [];
      return [`${at}.${name}: is not shown`];
    }),
  ];
}

function primitiveOf({ flags }: ts.Type): 'string' | 'number' | 'boolean' | undefined {
  if (flags & ts.TypeFlags.StringLike) return 'string';
  if (flags & ts.TypeFlags.NumberLike) return 'number';
  return flags & ts.TypeFlags.BooleanLike ? 'boolean' : undefined;
}
