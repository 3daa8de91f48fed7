import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfigPath, parseConfig, readConfig } from '../../src/agent/config.js';
import { UserError } from '../../src/core/errors.js';
import { testKey } from '../support/keys.js';

const hub = testKey(1);
const spoke = testKey(2);

describe('the configuration', () => {
  it('gives the port and the names of peers', () => {
    const text = `port: 4000\npeers:\n  - key: ${hub}\n    name: hub\n  - { key: "${spoke}", name: büro-2 }\n`;
    const config = parseConfig(text, 'wg0.yaml');
    expect(config.port).toBe(4000);
    expect([...config.names]).toEqual([
      [hub, 'hub'],
      [spoke, 'büro-2'],
    ]);
  });

  it('may be empty', () => {
    expect(parseConfig('# nothing yet\n', 'wg0.yaml')).toEqual({ port: undefined, names: new Map() });
  });
});

describe('a mistake in the configuration', () => {
  const twice = `peers:\n  - key: ${hub}\n    name: hub\n  - key: ${hub}\n    name: hub\n`;
  it.each([
    ['port: 70000\n', 'wg0.yaml:1:7: expected a UDP port, 1 to 65535'],
    ['port: 1.5\n', 'wg0.yaml:1:7: expected a UDP port, 1 to 65535'],
    ['port: "51821"\n', 'wg0.yaml:1:7: expected a UDP port, 1 to 65535, found "51821"'],
    ['prot: 51821\n', 'wg0.yaml:1:1: unknown key "prot"; allowed here: "port", "peers"'],
    ['- 1\n', 'wg0.yaml:1:1: expected a mapping with "port", "peers"'],
    ['peers: hub\n', 'wg0.yaml:1:8: expected a list of peers, each with "key" and "name", found "hub"'],
    ['peers:\n  - hub\n', 'wg0.yaml:2:5: expected a mapping with "key", "name", found "hub"'],
    [`peers:\n  - key: ${hub}\n`, 'wg0.yaml:2:5: a peer needs "name"'],
    [
      `peers:\n  - key: ${hub}\n    naem: hub\n    name: hub\n`,
      'wg0.yaml:3:5: unknown key "naem"; allowed here: "key", "name"',
    ],
    ['peers:\n  - key: short\n    name: hub\n', 'wg0.yaml:2:10: expected a public key, 44 characters'],
    [`peers:\n  - key: ${hub}\n    name: "a b"\n`, 'wg0.yaml:3:11: expected a name of letters, digits'],
    [twice, `wg0.yaml:4:10: another peer has the key ${hub} already\nwg0.yaml:5:11: another peer has the name hub`],
    ['port: 1\nport: 2\n', 'wg0.yaml:2:1: Map keys must be unique'],
    ['peers: [\n', 'wg0.yaml:2:1: Flow sequence in block collection must be'],
    ['"\\e[2J": 1\n', 'wg0.yaml:1:1: unknown key "\\u{1b}[2J"'],
  ])('is told with its place and what is allowed there: %j', (text, message) => {
    const error = mistake(() => parseConfig(text, 'wg0.yaml'));
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ code: 'configuration', exit: 1 });
  });

  it('does not hide the others', () => {
    const error = mistake(() => parseConfig('port: 0\nprot: 1\n', 'wg0.yaml'));
    expect(error.message.split('\n')).toHaveLength(2);
  });
});

describe('the file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wirelink-config-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('has a place of its own for each interface', () => {
    expect(defaultConfigPath('wg0')).toBe('/etc/wirelink/wg0.yaml');
  });

  it('is the default one unless another is named', () => {
    const standard = join(folder, 'wg0.yaml');
    const other = join(folder, 'other.yaml');
    writeFileSync(standard, 'port: 1000\n');
    writeFileSync(other, 'port: 2000\n');
    expect(readConfig(undefined, standard).port).toBe(1000);
    expect(readConfig(other, standard).port).toBe(2000);
  });

  it('may be missing when it is the default one, not when it was named', () => {
    const missing = join(folder, 'missing.yaml');
    expect(readConfig(undefined, missing)).toEqual({ port: undefined, names: new Map() });
    expect(mistake(() => readConfig(missing, missing)).message).toBe(`${missing}: there is no such file`);
  });
});

function mistake(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
