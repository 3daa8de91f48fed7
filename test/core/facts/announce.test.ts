import { describe, expect, it } from 'vitest';
import { hostCandidates } from '../../../src/core/facts/local.js';
import type { AddressChoice } from '../../../src/core/policy.js';
import { host } from '../support/machine.js';
import { prefix } from '../support/values.js';

const MACHINE = host(
  ['10.9.0.2/24'],
  [
    'eth0 192.0.2.4/24',
    'eth0 2001:db8::2/64',
    'eth1 192.168.1.2/24',
    'docker0 172.17.0.1/16 bridge',
    'wg1 10.8.0.2/24 wireguard',
    'lo 127.0.0.1/8',
  ],
);

describe('of the machine’s addresses', () => {
  it('those that look reachable are announced where nothing is chosen', () => {
    expect(announced(undefined, none)).toEqual(['192.0.2.4:1', '[2001:db8::2]:1', '192.168.1.2:1']);
  });

  it('only what is included is announced, by interface or by prefix', () => {
    expect(announced(chosen(['eth1'], ['2001:db8::/32']), none)).toEqual(['[2001:db8::2]:1', '192.168.1.2:1']);
    expect(announced(none, none)).toEqual([]);
  });

  it('nothing is announced that is excluded, though it be included', () => {
    expect(announced(undefined, chosen(['eth1'], ['192.0.2.4/32']))).toEqual(['[2001:db8::2]:1']);
    expect(announced(chosen(['eth0'], []), chosen([], ['192.0.0.0/8']))).toEqual(['[2001:db8::2]:1']);
  });

  it('those of an interface that looks unreachable are announced when it is included by name', () => {
    expect(announced(chosen(['docker0', 'wg1'], []), none)).toEqual(['10.8.0.2:1', '172.17.0.1:1']);
    expect(announced(chosen([], ['172.16.0.0/12']), none)).toEqual([]);
  });

  it('those that are nobody else’s way here are never announced', () => {
    expect(announced(chosen(['lo', 'wg0'], ['127.0.0.0/8', '10.9.0.0/24']), none)).toEqual([]);
  });
});

const chosen = (interfaces: readonly string[], prefixes: readonly string[]): AddressChoice => ({
  interfaces: new Set(interfaces),
  prefixes: prefixes.map(prefix),
});
const none = chosen([], []);

const announced = (include: AddressChoice | undefined, exclude: AddressChoice): readonly string[] =>
  hostCandidates(MACHINE, 1, () => false, { include, exclude });
