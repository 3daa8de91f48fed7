import { describe, expect, it } from 'vitest';
import { parseDump, setArguments } from '../../../src/agent/device/dump.js';
import { answeredErrno, parseGet, setRequest } from '../../../src/agent/device/uapi.js';
import { endpoint, prefix } from '../../support/expected.js';
import { testKey } from '../../support/keys.js';
import { fixture } from '../fixtures/read.js';

const dump = fixture('wg-show-dump.txt');
const answer = fixture('uapi-get.txt');

const device = {
  publicKey: 'bUm3qv55NBk7zC8c8EQfHL1HuzjoNEtBKDhRxXGjSm0=',
  listenPort: 51820,
  fwmark: 0xca6c,
  peers: [
    {
      publicKey: 'm+amFKRP3VlVJW2q7/bh5X5s4JtMLwhlcskbpBCvxhI=',
      endpoint: '127.0.0.1:51830',
      allowedIps: ['fe80::1/128', '10.9.0.0/24'],
      handshakeStamp: 1795437589000,
      rxBytes: 92,
      txBytes: 328,
      keepalive: 25,
    },
    {
      publicKey: 'XNToeqLe/bfE5BOzy29theKHxCPg03SabkxvOC4gPUI=',
      endpoint: '[2001:db8::7]:51820',
      allowedIps: [],
      handshakeStamp: 0,
      rxBytes: 0,
      txBytes: 592,
      keepalive: 0,
    },
  ],
};

const SECRETS = /sNYiZ4|b0d62267|u5r5i2z|bb9af98b/;

/** The error the function throws, as anybody who logs it would write it. */
function complaintOf(fails: () => unknown): string {
  try {
    fails();
  } catch (error) {
    return String(error instanceof Error ? error.stack : error);
  }
  throw new Error('nothing was thrown');
}

describe('what wg prints', () => {
  it('is the device, peers and prefixes as they stand there', () => {
    expect(parseDump(dump)).toEqual(device);
  });

  it('loses the private and the preshared keys', () => {
    expect(dump).toMatch(SECRETS);
    expect(JSON.stringify(parseDump(dump))).not.toMatch(SECRETS);
  });

  it('shows no key in the error when it is not understood', () => {
    for (const spoilt of [
      dump.replaceAll('\t', ' '),
      dump.replace('1795437589', 'soon'),
      dump.replace('m+am', '????'),
    ]) {
      const complaint = complaintOf(() => parseDump(spoilt));
      expect(complaint).toContain('not understood');
      expect(complaint).not.toMatch(SECRETS);
    }
  });

  it('is no device while there is no private key', () => {
    expect(parseDump('(none)\t(none)\t0\toff\n')).toBeUndefined();
  });

  it('may have more fields than today', () => {
    expect(parseDump(dump.replaceAll('\n', '\tnew\n'))).toEqual(device);
  });

  it('has no endpoint where the address has a zone', () => {
    const zoned = dump.replace('127.0.0.1:51830', '[fe80::1%eth0]:51830');
    expect(parseDump(zoned)?.peers[0]?.endpoint).toBeUndefined();
  });
});

describe("what a userspace device's socket answers", () => {
  it('is the same device, and the handshake to the nanosecond', () => {
    const [first, second] = device.peers;
    expect(parseGet(answer)).toEqual({
      ...device,
      peers: [{ ...first, handshakeStamp: 1795437589000 + 354.009513 }, second],
    });
  });

  it('loses the private and the preshared keys', () => {
    expect(answer).toMatch(SECRETS);
    expect(JSON.stringify(parseGet(answer))).not.toMatch(SECRETS);
  });

  it('shows no key in the error when it is not understood', () => {
    for (const spoilt of [answer.replace('private_key=', 'private_key=x'), answer.replace('fwmark=', 'fwmark=x')]) {
      expect(complaintOf(() => parseGet(spoilt))).not.toMatch(SECRETS);
    }
  });

  it('is no device while the private key is unset', () => {
    expect(parseGet(`private_key=${'0'.repeat(64)}\nlisten_port=0\nerrno=0\n\n`)).toBeUndefined();
  });

  it('may hold words of a later protocol', () => {
    expect(parseGet(answer.replaceAll('protocol_version=1', 'protocol_version=2\nmood=good\n'))).toEqual(
      parseGet(answer),
    );
  });

  it('ends with the errno', () => {
    expect(answeredErrno(answer)).toBe(0);
    expect(answeredErrno('errno=-22\n\n')).toBe(22);
    expect(answeredErrno('private_key=errno=0')).toBeUndefined();
    expect(answeredErrno('')).toBeUndefined();
  });
});

describe('a change', () => {
  const publicKey = testKey(1);
  const whole = {
    kind: 'set',
    publicKey,
    endpoint: endpoint('[2001:db8::1]:51820'),
    allowedIps: [prefix('10.9.0.3/32'), prefix('fe80::3/128')],
    keepalive: 25,
  } as const;

  it('is one call of wg', () => {
    expect(setArguments('wg0', whole).join(' ')).toBe(
      `set wg0 peer ${publicKey} endpoint [2001:db8::1]:51820 persistent-keepalive 25 allowed-ips 10.9.0.3/32,fe80::3/128`,
    );
    expect(setArguments('wg0', { kind: 'remove', publicKey }).join(' ')).toBe(`set wg0 peer ${publicKey} remove`);
  });

  it('is one message to the socket', () => {
    expect(setRequest(whole).split('\n')).toEqual([
      'set=1',
      `public_key=${'01'.repeat(32)}`,
      'endpoint=[2001:db8::1]:51820',
      'persistent_keepalive_interval=25',
      'replace_allowed_ips=true',
      'allowed_ip=10.9.0.3/32',
      'allowed_ip=fe80::3/128',
      '',
      '',
    ]);
    expect(setRequest({ kind: 'remove', publicKey })).toContain('\nremove=true\n');
  });

  it('leaves alone what it does not name, and clears an empty list', () => {
    expect(setArguments('wg0', { kind: 'set', publicKey })).toEqual(['set', 'wg0', 'peer', publicKey]);
    expect(setRequest({ kind: 'set', publicKey })).toBe(`set=1\npublic_key=${'01'.repeat(32)}\n\n`);
    expect(setArguments('wg0', { kind: 'set', publicKey, allowedIps: [] }).slice(-2)).toEqual(['allowed-ips', '']);
    expect(setRequest({ kind: 'set', publicKey, allowedIps: [] })).toMatch(/replace_allowed_ips=true\n\n$/);
  });

  it('of a peer that has to be there says so to the socket', () => {
    expect(setRequest({ kind: 'set', publicKey, existing: true, keepalive: 0 })).toContain('\nupdate_only=true\n');
    expect(setRequest({ kind: 'set', publicKey, keepalive: 0 })).not.toContain('update_only');
  });
});
