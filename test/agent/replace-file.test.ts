import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readText, replaceFile } from '../../src/agent/replace-file.js';
import { UserError } from '../../src/core/errors.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirelink-test-'));
  file = join(folder, 'wg0.conf');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('a file that is replaced', () => {
  it('has the new text and its old mode, and leaves nothing beside it', () => {
    writeFileSync(file, 'old');
    chmodSync(file, 0o640);
    replaceFile(file, 'new');
    expect(readText(file)).toBe('new');
    expect(statSync(file).mode & 0o7777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['wg0.conf']);
  });

  it('is another file: whoever has the old one open reads that to its end', () => {
    writeFileSync(file, 'old');
    const before = statSync(file).ino;
    replaceFile(file, 'new');
    expect(statSync(file).ino).not.toBe(before);
  });

  it('stays behind its symbolic link', () => {
    const link = join(folder, 'link');
    writeFileSync(file, 'old');
    symlinkSync(file, link);
    replaceFile(link, 'new');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  it('is made where there was none, with its directory, and taken away again', () => {
    const inside = join(folder, 'etc', 'wg0.yaml');
    expect(readText(inside)).toBeUndefined();
    replaceFile(inside, 'new');
    expect(readText(inside)).toBe('new');
    replaceFile(inside, undefined);
    expect(readText(inside)).toBeUndefined();
  });

  it('stays as it is where it cannot be replaced, and an error says why', () => {
    const directory = join(folder, 'directory');
    replaceFile(join(directory, 'x'), 'x');
    expect(() => {
      replaceFile(directory, 'new');
    }).toThrow(new UserError('file-unwritable', { path: directory, why: 'EISDIR' }));
    expect(readdirSync(folder)).toEqual(['directory']);
  });
});
