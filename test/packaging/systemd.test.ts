import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const UNIT = readFileSync(fileURLToPath(new URL('../../packaging/systemd/wirelink@.service', import.meta.url)), 'utf8');
const WIRELINK = '/usr/local/bin/wirelink';

const isThere = spawnSync('systemd-analyze', ['--version'], { stdio: 'ignore' }).status === 0;
const isRequired = process.env['WIRELINK_LAB'] === 'required';
if (!isThere)
  console.warn(
    '!!! systemd-analyze is not installed: THE SYSTEMD UNIT IS NOT VERIFIED. Debian: apt-get install systemd',
  );

describe('the systemd unit', () => {
  it.skipIf(!isThere && !isRequired)('is understood by systemd, every line of it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wirelink-unit-'));
    try {
      // What is to be started has to be there, and nothing is installed on this machine.
      const program = join(folder, 'wirelink');
      writeFileSync(program, '#!/bin/sh\n');
      chmodSync(program, 0o755);
      const unit = join(folder, 'wirelink@.service');
      writeFileSync(unit, UNIT.replaceAll(WIRELINK, program));
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], {
        encoding: 'utf8',
      });
      expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('starts the agent of the interface it is named after, from where the README installs it', () => {
    expect(settings('ExecStart')).toEqual([`${WIRELINK} up %i`]);
    expect(settings('BindsTo')).toEqual(['sys-subsystem-net-devices-%i.device']);
  });

  it('has the configuration checked before the agent is told to read it again', () => {
    expect(settings('ExecReload')).toEqual([`${WIRELINK} up %i --check`, '/bin/kill -HUP $MAINPID']);
  });

  it('leaves to a dead agent its guardian, and starts a new one before the guardian’s three seconds are over', () => {
    expect(settings('KillMode')).toEqual(['process']);
    expect(Number(settings('RestartSec')[0])).toBeLessThan(2);
  });

  it('keeps what lies in /run/wirelink for other interfaces', () => {
    expect(settings('RuntimeDirectory')).toEqual(['wirelink']);
    expect(settings('RuntimeDirectoryPreserve')).toEqual(['yes']);
  });

  it('gives no more than two capabilities, and nothing of the system to write to', () => {
    expect(settings('CapabilityBoundingSet')).toEqual(['CAP_NET_ADMIN CAP_CHOWN']);
    expect(settings('ProtectSystem')).toEqual(['strict']);
    expect(settings('ReadWritePaths')).toEqual([]);
  });
});

const settings = (name: string): readonly string[] =>
  UNIT.split('\n').flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
