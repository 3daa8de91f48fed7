import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Configuration } from '../../src/agent/configuration.js';
import { configFile, readSettings, type GivenSettings } from '../../src/agent/settings.js';

let folder: string;
let file: string;
let configuration: Configuration;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirelink-configuration-'));
  file = join(folder, 'wg0.yaml');
  begin('connect: manual\n');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the configuration of a running agent', () => {
  it('is the one of the file as it was last read', () => {
    writeFileSync(file, 'connect: auto\n');
    expect(configuration.settings.policy.connect).toBe('manual');
    expect(configuration.reread()).toMatchObject({ outcome: 'applied', message: 'configuration read again' });
    expect(configuration.settings.policy.connect).toBe('auto');
    expect(configuration.warnings()).toEqual([]);
  });

  it('keeps what the command line decided', () => {
    begin('connect: manual\n', { connect: 'auto', port: 4000 });
    writeFileSync(file, 'connect: []\nport: 5000\n');
    expect(configuration.reread()).toMatchObject({ outcome: 'applied', message: 'configuration read again' });
    expect(configuration.settings).toMatchObject({ port: 4000, policy: { connect: 'auto' } });
  });

  it('stays as it is when the file has mistakes, each of which is told with its place', () => {
    writeFileSync(file, 'connect: sometimes\nprot: 1\n');
    const { outcome, message } = configuration.reread();
    expect(outcome).toBe('refused');
    expect(message).toContain(`${file}:1:10: expected "auto", "manual", or a list of peers`);
    expect(message).toContain(`${file}:2:1: unknown key "prot", perhaps "port"`);
    expect(configuration.settings.policy.connect).toBe('manual');
    expect(configuration.warnings()).toMatchObject([{ code: 'configuration' }]);
    expect(configuration.warnings()[0]?.text).toContain(`${file}:2:1: unknown key "prot"`);
  });

  it('keeps the port and the place of metrics until the agent is started anew, and says so', () => {
    writeFileSync(file, 'connect: auto\nport: 4000\nmetrics: 127.0.0.1:9586\n');
    const text = 'the port stays 51821 and metrics stay off until the agent is started anew';
    expect(configuration.reread()).toMatchObject({
      outcome: 'applied',
      message: `configuration read again, but ${text}`,
    });
    expect(configuration.settings).toMatchObject({ port: 51821, metrics: undefined, policy: { connect: 'auto' } });
    expect(configuration.warnings()).toEqual([{ code: 'configuration', text: `Of ${file}, ${text}.` }]);
    writeFileSync(file, 'connect: auto\n');
    configuration.reread();
    expect(configuration.warnings()).toEqual([]);
  });
});

describe('a file that nobody has had read again', () => {
  it('is told of once it says something else, and no more when it is as it was', () => {
    writeFileSync(file, 'connect: []\n');
    expect(configuration.warnings()[0]?.text).toContain(`${file} has changed since the agent read it.`);
    expect(configuration.warnings()).toHaveLength(1);
    writeFileSync(file, 'connect: manual\n');
    expect(configuration.warnings()).toEqual([]);
  });

  it('is not told of when it was only touched', () => {
    utimesSync(file, 1, 1);
    expect(configuration.warnings()).toEqual([]);
  });

  it('is told of when it is gone, and a default file when it has come', () => {
    rmSync(file);
    expect(configuration.warnings()).toHaveLength(1);
    expect(configuration.reread().outcome).toBe('refused');
    writeFileSync(file, 'connect: manual\n');
    expect(configuration.warnings()).toHaveLength(1);
    expect(configuration.reread().outcome).toBe('applied');
    expect(configuration.warnings()).toEqual([]);
  });
});

function begin(text: string, different: Partial<GivenSettings> = {}): void {
  writeFileSync(file, text);
  const given = { interface: 'wg0', port: undefined, connect: undefined, config: file, ...different };
  configuration = new Configuration({ file: configFile(given), read: () => readSettings(given) });
}
