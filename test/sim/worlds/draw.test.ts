/** What the numbers stand for: the worlds drawn have the breadth they should have. */
import { describe, expect, it } from 'vitest';
import { describeScenario, drawWorld, FEWEST_HOSTS, MOST_HOSTS } from '../../../src/sim/index.js';

const WORLDS = Array.from({ length: 600 }, (_, seed) => drawWorld(seed));
const steps = WORLDS.flatMap(({ scenario }) => scenario.at);

describe('drawn worlds', () => {
  it('are the same for the same number, and others for another', () => {
    expect(drawWorld(7)).toEqual(drawWorld(7));
    expect(drawWorld(7).scenario.hosts).not.toEqual(drawWorld(8).scenario.hosts);
  });

  it('have from 3 to 50 hosts, most of them few', () => {
    const sizes = WORLDS.map(({ scenario }) => scenario.hosts.length).toSorted((left, right) => left - right);
    expect(sizes[0]).toBe(FEWEST_HOSTS);
    expect(sizes.at(-1)).toBeGreaterThan(25);
    expect(sizes.at(-1)).toBeLessThanOrEqual(MOST_HOSTS);
    expect(sizes[300]).toBeLessThanOrEqual(5);
  });

  it('have the number of hosts that is asked for', () => {
    expect(drawWorld(1, 17).scenario.hosts).toHaveLength(17);
  });

  it('see every step of the scenario language', () => {
    expect([...new Set(steps.map(({ do: step }) => step.kind))].toSorted()).toEqual([
      'connect',
      'cut',
      'heal',
      'jump-clock',
      'kill-agent',
      'link',
      'move',
      'partition',
      'reboot',
      'reboot-nat',
      'remove-peer',
      'renumber-nat',
      'set-peer',
      'sleep',
      'start-agent',
      'stop-agent',
      'stream',
    ]);
  });

  it('see cuts of one direction, clocks set forward and back, and machines that are off for long', () => {
    expect(steps.some(({ do: step }) => step.kind === 'cut' && step.oneWay === true)).toBe(true);
    const jumps = steps.flatMap(({ do: step }) => (step.kind === 'jump-clock' ? [step.byMs] : []));
    expect(jumps.some((byMs) => byMs > 0)).toBe(true);
    expect(jumps.some((byMs) => byMs < 0)).toBe(true);
    expect(steps.some(({ do: step }) => step.kind === 'reboot' && step.offMs > 255_000)).toBe(true);
  });

  it.each([
    ['endpoint-independent mapping'],
    ['address-dependent mapping'],
    ['address-and-port-dependent mapping'],
    ['endpoint-independent filtering'],
    ['address-and-port-dependent filtering'],
    ['"udp":"blocked"'],
    ['"unsolicited":"remembered"'],
    ['"hairpin":true'],
    ['100.64.0.2 on carrier1'],
    ['192.168.1.11 on nat1'],
    ['on office'],
    ['2a10:1::10 on internet'],
    ['"firewall":true'],
    ['"fwmark":51820'],
    ['"connect":"manual"'],
    ['fd09::2'],
    ['172.20.1.0/24'],
    ['"mtu":1280'],
    ['"reorder":0.02'],
  ])('have %s among them', (what) => {
    expect(WORLDS.some(({ scenario }) => describeScenario(scenario).includes(what))).toBe(true);
  });

  it('have nothing happen to them from peace on', () => {
    for (const { scenario, peaceFromMs } of WORLDS) {
      expect(Math.max(...scenario.at.map(({ ms }) => ms))).toBeLessThanOrEqual(peaceFromMs);
    }
  });
});
