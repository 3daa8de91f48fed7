/** Holds the structure: a rule that only stands in a document is broken by the third person in a hurry. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tell, type Complaint, type Rule, type Source } from './architecture/complaint.js';
import { checkImports } from './architecture/imports.js';
import { checkPurity } from './architecture/purity.js';
import { checkDefaultExports, checkLength, MAX_LINES } from './architecture/shape.js';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CODE = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];
const PROGRAMS = [...CODE, '.py', '.sh', ''];

describe('the project', () => {
  it('imports only in the direction of its layers', () => {
    expect(complaints(checkImports, CODE, ['src'])).toEqual([]);
  });

  it('keeps its core free of I/O, clock, chance and async', () => {
    expect(complaints(checkPurity, CODE, ['src'])).toEqual([]);
  });

  it(`has no program longer than ${MAX_LINES} lines`, () => {
    expect(complaints(checkLength, PROGRAMS, ['src', 'test', 'lab', 'scripts', 'bin'])).toEqual([]);
  });

  it('exports by name', () => {
    expect(complaints(checkDefaultExports, CODE, ['src', 'test', 'lab', 'scripts', 'bin'])).toEqual([]);
  });
});

describe('the rule on imports', () => {
  it.each([
    ['src/core/facts/x.ts', "import { readFileSync } from 'node:fs';", 'src/core imports node:fs'],
    ['src/core/x.ts', "import { execa } from 'execa';", 'src/core imports execa'],
    ['src/core/x.ts', "import x from 'ipaddr.js.evil';", 'src/core imports ipaddr.js.evil'],
    ['src/core/x.ts', "import type { Device } from '../agent/ports.js';", 'src/core imports src/agent/ports.js'],
    ['src/core/x.ts', "export * from '../sim/world.js';", 'src/core imports src/sim/world.js'],
    ['src/core/x.ts', "type X = import('../cli/client.js').X;", 'src/core imports src/cli/client.js'],
    ['src/core/x.ts', "import x = require('node:os');", 'src/core imports node:os'],
    ['src/core/x.ts', "import x from '../../lab/world.js';", 'src/core imports lab/world.js, which is in no layer'],
    ['src/core/x.ts', "import x from '../../package.json';", 'src/core imports package.json, which is in no layer'],
    ['src/cli/x.ts', "import { main } from '../main.js';", 'src/cli imports src/main.js, which is in no layer'],
    ['src/agent/x.ts', "import { x } from '../cli/client.js';", 'src/agent imports src/cli/client.js'],
    ['src/agent/x.ts', "import { x } from '../sim/world.js';", 'src/agent imports src/sim/world.js'],
    ['src/sim/x.ts', "import { x } from '../agent/ports.js';", 'src/sim imports src/agent/ports.js'],
    ['src/cli/x.ts', "const x = await import('../agent/run.js');", 'src/cli imports src/agent/run.js'],
    ['src/cli/x.ts', "const x = require('../commands/up.js');", 'src/cli imports src/commands/up.js'],
    ['src/commands/peers.ts', "import { x } from '../agent/run.js';", 'src/commands imports src/agent/run.js'],
    ['src/commands/peers.ts', "import { Engine } from '../core/engine.js';", 'src/commands imports src/core/engine.js'],
  ])('complains in %s of %s', (file, text, what) => {
    expect(checkImports({ file, text: `// A line above.\n${text}` })).toMatchObject([{ file, line: 2, what }]);
  });

  it.each([
    ['src/core/trust/x.ts', "import { x } from '../facts/fact.js'; import ip from 'ipaddr.js';"],
    ['src/core/values/key.ts', "import { sha1 } from '@noble/hashes/legacy.js';"],
    ['src/agent/x.ts', "import { Engine } from '../core/engine.js'; import 'node:fs';"],
    ['src/commands/peers.ts', "import type { X } from '../core/views.js'; import { y } from '../cli/client.js';"],
    ['src/commands/up.ts', "const { run } = await import('../agent/run.js');"],
    ['src/cli/x.ts', "import packageJson from '../../package.json' with { type: 'json' };"],
    ['src/main.ts', "import { COMMANDS } from './commands/index.js';"],
    ['test/x.test.ts', "import { x } from '../src/commands/up.js';"],
  ])('has nothing against, in %s, %s', (file, text) => {
    expect(checkImports({ file, text })).toEqual([]);
  });
});

describe('the rule on purity', () => {
  it.each([
    ['const now = Date.now();', 'Date'],
    ['const at = new Date();', 'Date'],
    ['function f(at: Date) {}', 'Date'],
    ['const now = performance.now();', 'performance'],
    ['setTimeout(f, 1);', 'setTimeout'],
    ['setInterval(f, 1);', 'setInterval'],
    ['setImmediate(f);', 'setImmediate'],
    ['queueMicrotask(f);', 'queueMicrotask'],
    ['const me = process.pid;', 'process'],
    ['const machine = { process };', 'process'],
    ['const b = Buffer.from("");', 'Buffer'],
    ['console.log(1);', 'console'],
    ['fetch("x");', 'fetch'],
    ['crypto.getRandomValues(b);', 'crypto'],
    ['const n = globalThis["Date"];', 'globalThis'],
    ['function f(): Promise<void> {}', 'Promise'],
    ['const g = async () => 1;', 'async'],
    ['await x;', 'await'],
    ['for await (const x of y) {}', 'await'],
    ['const r = Math.random();', 'Math.random, or could'],
    ['const { random } = Math;', 'Math.random, or could'],
    ['const r = Math["random"]();', 'Math.random, or could'],
  ])('complains of %s', (text, name) => {
    const found = checkPurity({ file: 'src/core/x.ts', text: `\n\n${text}` });
    expect(found).toMatchObject([{ file: 'src/core/x.ts', line: 3, what: `the core uses ${name}` }]);
    expect(found[0]?.instead).not.toBe('');
  });

  it.each([
    'const most = Math.max(1, 2);',
    'interface Row { readonly process: string; Date: number; fetch(): void }',
    'const name = row.process + row.console;',
    'const row = { process: 1, crypto: 2 };',
    'function f(process: number) { return process; }',
    'const { performance } = row; use(performance);',
    '// Date.now() would be a clock.',
    "const text = 'Promise of async setTimeout';",
    'type T = [fetch: number];',
  ])('has nothing against %s', (text) => {
    expect(checkPurity({ file: 'src/core/x.ts', text })).toEqual([]);
  });

  it('is about the core alone', () => {
    expect(checkPurity({ file: 'src/agent/clock.ts', text: 'performance.now();' })).toEqual([]);
  });

  it('says where, what, and what to do instead', () => {
    const [found] = checkPurity({ file: 'src/core/x.ts', text: 'const now = Date.now();' });
    expect(found && tell(found)).toBe(
      'src/core/x.ts:1: the core uses Date. Take `now` as an argument: handle(event, now)',
    );
  });
});

describe('the rule on length', () => {
  it('complains of the first line too many', () => {
    const text = 'x;\n'.repeat(MAX_LINES);
    expect(checkLength({ file: 'src/x.ts', text })).toEqual([]);
    expect(checkLength({ file: 'src/x.ts', text: `${text}x;` })).toMatchObject([{ line: MAX_LINES + 1 }]);
  });
});

describe('the rule on default exports', () => {
  it.each(['export default 1;', 'export default class X {}', 'const x = 1; export { x as default };', 'export = x;'])(
    'complains of %s',
    (text) => {
      expect(checkDefaultExports({ file: 'src/cli/x.ts', text })).toHaveLength(1);
    },
  );

  it.each([
    ['src/commands/up.ts', 'export default class Up {}'],
    ['vitest.lab.config.ts', 'export default {};'],
    ['src/cli/x.ts', 'export const x = 1; switch (x) { default: }'],
  ])('has nothing against, in %s, %s', (file, text) => {
    expect(checkDefaultExports({ file, text })).toEqual([]);
  });
});

function complaints(rule: Rule, extensions: readonly string[], folders: readonly string[]): readonly string[] {
  const found: Complaint[] = sources(extensions, folders).flatMap(rule);
  return found.map(tell);
}

function sources(extensions: readonly string[], folders: readonly string[]): readonly Source[] {
  return folders
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && extensions.includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ file: path.slice(ROOT.length + 1), text: readFileSync(path, 'utf8') }));
}
