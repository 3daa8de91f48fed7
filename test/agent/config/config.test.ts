import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  checkConfig,
  defaultConfigPath,
  parseConfig,
  readConfig,
  type AgentConfig,
} from '../../../src/agent/config/index.js';
import { DEFAULT_POLICY } from '../../../src/core/policy.js';
import { UserError } from '../../../src/core/errors.js';
import { testKey } from '../../support/keys.js';

const hub = testKey(1);
const spoke = testKey(2);

describe('the configuration', () => {
  it('may be empty: then everything is as without it', () => {
    expect(parseConfig('# nothing yet\n', 'wg0.yaml')).toEqual({
      port: undefined,
      policy: DEFAULT_POLICY,
      endpoints: new Map(),
      metrics: undefined,
    });
  });

  it('gives the port and the names of peers', () => {
    const text = `port: 4000\npeers:\n  - key: ${hub}\n    name: hub\n  - { key: "${spoke}", name: büro-2 }\n`;
    const { port, policy } = parseConfig(text, 'wg0.yaml');
    expect(port).toBe(4000);
    expect([...policy.names]).toEqual([
      [hub, 'hub'],
      [spoke, 'büro-2'],
    ]);
  });

  it('says of a peer whom to trust it about, whether it is a router, and what it is granted', () => {
    const { policy } = parsePeer(
      'trust: { endpoint: none, allowed-ips: anyone }, router: false, allowed-ips: [10.9.0.7]',
    );
    expect(policy.peers.get(hub)).toEqual({
      trust: { endpoint: 'none', allowedIps: 'anyone' },
      router: false,
      allowedIps: ['10.9.0.7/32'],
    });
  });

  it.each([
    ['127.0.0.1:9586', '127.0.0.1:9586'],
    ['"[::1]:9586"', '[::1]:9586'],
    ['unix:/run/wirelink/wg0.metrics', { path: '/run/wirelink/wg0.metrics' }],
  ])('gives the place of metrics, %s', (text, metrics) => {
    expect(parseConfig(`metrics: ${text}\n`, 'wg0.yaml').metrics).toEqual(metrics);
  });

  it('gives endpoints, names of hosts among them', () => {
    const { endpoints } = parsePeer('endpoints: [198.51.100.7:51820, "[2001:db8::7]:1", nas.example:4500]');
    expect(endpoints.get(hub)).toEqual(['198.51.100.7:51820', '[2001:db8::7]:1', { host: 'nas.example', port: 4500 }]);
  });

  it('connects to everybody, to nobody unasked, or to those listed by key or name', () => {
    const peers = `peers: [{ key: ${hub}, name: hub }]\n`;
    expect(parseConfig(`connect: manual\n`, 'wg0.yaml').policy.connect).toBe('manual');
    const { policy } = parseConfig(`connect: [hub, ${spoke}]\n${peers}`, 'wg0.yaml');
    expect(policy.connect).toEqual(new Set([hub, spoke]));
  });

  it('chooses what is announced by interface and prefix, and what may move', () => {
    const text =
      'announce: { include: [eth0, 2001:db8::/32], exclude: [10.0.0.0/8, 192.0.2.1] }\nmove: [10.9.0.5/24]\n';
    const { announce, move } = parseConfig(text, 'wg0.yaml').policy;
    expect(announce.include).toEqual({ interfaces: new Set(['eth0']), prefixes: ['2001:db8::/32'] });
    expect(announce.exclude).toEqual({ interfaces: new Set(), prefixes: ['10.0.0.0/8', '192.0.2.1/32'] });
    expect(move).toEqual(['10.9.0.0/24']);
  });
});

describe('a mistake in the configuration', () => {
  const twice = `peers:\n  - key: ${hub}\n    name: hub\n  - key: ${hub}\n    name: hub\n`;
  const keys = '"port", "connect", "move", "announce", "metrics", "peers"';
  const ofPeer = '"key", "name", "router", "trust", "endpoints", "allowed-ips"';
  it.each([
    ['port: 70000\n', '1:7: expected a UDP port, 1 to 65535'],
    ['port: 1.5\n', '1:7: expected a UDP port, 1 to 65535'],
    ['port: "51821"\n', '1:7: expected a UDP port, 1 to 65535, found "51821"'],
    ['prot: 51821\n', `1:1: unknown key "prot", perhaps "port"; allowed here: ${keys}`],
    ['colour: red\n', `1:1: unknown key "colour"; allowed here: ${keys}`],
    ['- 1\n', '1:1: expected a mapping'],
    ['hello\n', `1:1: expected a mapping with ${keys}, found "hello"`],
    ['peers: hub\n', '1:8: expected a list of peers, found "hub"'],
    ['peers:\n  - hub\n', `2:5: expected a mapping with ${ofPeer}, found "hub"`],
    ['peers:\n  - name: hub\n', '2:5: a peer needs "key"'],
    [`peers:\n  - key: ${hub}\n    naem: hub\n`, `3:5: unknown key "naem", perhaps "name"; allowed here: ${ofPeer}`],
    ['peers:\n  - key: short\n', '2:10: expected a public key, 44 characters'],
    [`peers:\n  - key: ${hub}\n    name: "a b"\n`, '3:11: expected a name of letters, digits'],
    [`peers:\n  - key: ${hub}\n    name: ${'ü'.repeat(33)}\n`, '3:11: expected a name of letters, digits'],
    [twice, `4:10: another peer has the key ${hub} already\nwg0.yaml:5:11: another peer has the name hub`],
    ['connect: sometimes\n', '1:10: expected "auto", "manual", or a list of peers, found "sometimes"'],
    ['connect:\n  - nas\n', '2:5: expected a public key, or the name of one of the peers in this file, found "nas"'],
    ['move: [10.9.0.0/33]\n', '1:8: expected a prefix such as 10.9.0.0/24, or an address, found "10.9.0.0/33"'],
    ['announce:\n  exclude:\n    - "a b"\n', '3:7: expected the name of an interface, a prefix such as'],
    ['announce: { only: [] }\n', '1:13: unknown key "only"; allowed here: "include", "exclude"'],
    [peerWith('trust: { endpoint: all }'), '2:79: expected one of "none", "self", "anyone", found "all"'],
    [peerWith('trust: { membership: self }'), '2:81: expected one of "none", "anyone", found "self"'],
    [peerWith('trust: { allowed_ips: none }'), 'unknown key "allowed_ips", perhaps "allowed-ips"; '],
    [peerWith('trust:'), 'expected a mapping with "endpoint", "allowed-ips", "membership", found null'],
    [peerWith('router: hub'), 'expected true or false, found "hub"'],
    [peerWith('endpoints: [198.51.100.300:1]'), '2:72: expected an endpoint: 198.51.100.7:51820'],
    [peerWith('endpoints: [nas.example]'), 'found "nas.example"'],
    [peerWith('endpoints: [nas.example:0]'), 'found "nas.example:0"'],
    ['metrics: 9586\n', '1:10: expected an address with a port such as 127.0.0.1:9586 or [::1]:9586, or unix:'],
    ['metrics: localhost:9586\n', 'found "localhost:9586"'],
    ['metrics: 127.0.0.1:0\n', 'found "127.0.0.1:0"'],
    ['metrics: unix:wg0.metrics\n', 'found "unix:wg0.metrics"'],
    [`metrics: unix:/${'x'.repeat(107)}\n`, 'found "unix:/xxx'],
    ['port: 1\nport: 2\n', '2:1: Map keys must be unique'],
    ['peers: [\n', '2:1: Flow sequence in block collection must be'],
    ['port: *nowhere\n', 'nowhere'],
    ['"\\e[2J": 1\n', '1:1: unknown key "\\u001b[2J"'],
  ])('is told with its place and what is allowed there: %j', (text, message) => {
    const error = mistake(() => parseConfig(text, 'wg0.yaml'));
    expect(error.message).toContain(message);
    expect(error.message).toMatch(/^wg0\.yaml:\d+:\d+: /);
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

  it('is only read for a check, which says whether it is there', () => {
    const standard = join(folder, 'wg0.yaml');
    expect(checkConfig(undefined, standard)).toEqual({ file: standard, found: false });
    writeFileSync(standard, 'port: 1000\n');
    expect(checkConfig(undefined, standard)).toEqual({ file: standard, found: true });
    writeFileSync(standard, 'port: 0\n');
    expect(mistake(() => checkConfig(undefined, standard)).message).toContain(`${standard}:1:7: `);
  });

  it('may be missing when it is the default one, not when it was named', () => {
    const missing = join(folder, 'missing.yaml');
    expect(readConfig(undefined, missing)).toEqual(parseConfig('', missing));
    expect(mistake(() => readConfig(missing, missing)).message).toBe(`${missing}: there is no such file`);
  });
});

/** A file whose only peer has these fields in its one line. */
function peerWith(fields: string): string {
  return `peers:\n  - { key: "${hub}", ${fields} }\n`;
}

const parsePeer = (fields: string): AgentConfig => parseConfig(peerWith(fields), 'wg0.yaml');

function mistake(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
