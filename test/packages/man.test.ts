import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manPages } from '../../scripts/man-pages.js';
import { COMMANDS } from '../../src/commands/index.js';
import { columnsOf } from '../../src/cli/render/text.js';

const isThere = ['man', 'groff'].every(
  (tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined,
);
if (!isThere) console.warn('!!! man or groff is not installed: THE MAN PAGES ARE NOT FORMATTED. Debian: man-db groff');
const PAGES = [...manPages()];

describe('the man pages', () => {
  it('are one for the whole and one for each command', () => {
    const names = ['wirelink', ...Object.keys(COMMANDS).map((name) => `wirelink-${name}`)];
    expect(PAGES.map(([file]) => file).sort()).toEqual(names.map((name) => `${name}.1`).sort());
  });

  it.skipIf(!isThere && process.env['WIRELINK_LAB'] !== 'required')('are formatted without a warning', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wirelink-man-'));
    try {
      for (const [file, text] of PAGES) {
        writeFileSync(join(folder, file), text);
        const { status, stdout, stderr } = spawnSync('groff', ['-z', '-ww', '-man', '-Tutf8', join(folder, file)], {
          encoding: 'utf8',
        });
        expect({ file, status, said: stdout + stderr }).toEqual({ file, status: 0, said: '' });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.skipIf(!isThere && process.env['WIRELINK_LAB'] !== 'required').each(Object.entries(COMMANDS))(
    'of %s has all its flags, arguments and examples, within 80 columns',
    (name, { flags, args, examples }) => {
      const folder = mkdtempSync(join(tmpdir(), 'wirelink-man-'));
      const file = join(folder, 'page.1');
      writeFileSync(file, manPages().get(`wirelink-${name}.1`) ?? '');
      const env = { PATH: process.env['PATH'], MANWIDTH: '80', MAN_KEEP_FORMATTING: '', LC_ALL: 'C.UTF-8' };
      const { stdout } = spawnSync('man', ['-P', 'cat', '--no-hyphenation', '--no-justification', '-l', file], {
        encoding: 'utf8',
        env,
      });
      rmSync(folder, { recursive: true });
      for (const flag of Object.keys(flags)) expect(stdout).toContain(`--${flag}`);
      for (const argument of Object.keys(args)) expect(stdout).toContain(argument);
      for (const { command } of examples) expect(stdout).toContain(command.replaceAll('<%= config.bin %>', 'wirelink'));
      expect(Math.max(...stdout.split('\n').map(columnsOf))).toBeLessThanOrEqual(80);
    },
  );
});
