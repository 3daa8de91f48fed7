/** An agent that is told to read its configuration again, by a signal or by a client. */
import { beforeEach, describe, expect, it } from 'vitest';
import { liveAgent, type AgentParts } from '../../src/agent/agent.js';
import { UserError } from '../../src/core/errors.js';
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.js';
import { endpoint } from '../support/expected.js';
import { testKey } from '../support/keys.js';
import { Life, SETTINGS } from './support/life.js';
import type { Machine } from './support/machine.js';

let machine: Machine;
let life: Life;
let parts: AgentParts;

beforeEach(() => {
  life = new Life();
  ({ machine, parts } = life);
});

describe('an agent that is to read its configuration again', () => {
  const peer = testKey(9);
  const policy: Policy = { ...DEFAULT_POLICY, connect: 'manual' };

  it('hands the engine what is decided now, with its warnings and endpoints, while systemd waits', async () => {
    const run = liveAgent(parts);
    await machine.engine.told('device');
    const warnings = [{ code: 'save-config', text: 'hm' }] as const;
    life.settings = () => ({ ...SETTINGS, policy, warnings, endpoints: new Map([[peer, [endpoint('192.0.2.9:1')]]]) });
    life.reload();
    expect(machine.engine.ofType('policy')).toEqual([{ type: 'policy', policy, warnings }]);
    expect(machine.engine.ofType('given')).toEqual([{ type: 'given', peer, endpoints: ['192.0.2.9:1'] }]);
    expect(machine.steps.slice(-2)).toEqual(['reloading', 'reloaded']);
    expect(machine.logged).toEqual(['configuration read again']);
    life.stop();
    await run;
  });

  it('goes on as before with a mistake in it, says where it is, and warns while it is there', async () => {
    const run = liveAgent(parts);
    await machine.engine.told('device');
    life.settings = () => {
      throw new UserError('configuration', { mistakes: 'wg0.yaml:3:1: unknown key' });
    };
    life.reload();
    expect(machine.engine.ofType('policy')).toEqual([]);
    expect(machine.logged).toEqual(['warning: configuration not changed: wg0.yaml:3:1: unknown key']);
    const asked = life.served?.peers({}, { progress: () => undefined, gone: AbortSignal.abort() });
    expect(await asked).toMatchObject({ self: { warnings: [{ code: 'configuration' }] } });
    life.settings = () => SETTINGS;
    life.reload();
    expect(await life.served?.peers({}, { progress: () => undefined, gone: AbortSignal.abort() })).toMatchObject({
      self: { warnings: [] },
    });
    life.stop();
    await run;
  });

  it('does the same for a client, tells it of which file, and looks at the interface', async () => {
    const run = liveAgent(parts);
    await machine.engine.told('device');
    life.settings = () => ({ ...SETTINGS, policy });
    machine.device.set({ kind: 'set', publicKey: peer });
    const call = { progress: () => undefined, gone: new AbortController().signal };
    expect(await life.served?.reload({}, call)).toEqual({
      file: '/nowhere/wg0.yaml',
      outcome: 'applied',
      message: 'configuration read again',
    });
    expect(machine.engine.ofType('policy')).toEqual([{ type: 'policy', policy, warnings: [] }]);
    await machine.engine.told('device', ({ device }) => device.peers.some(({ publicKey }) => publicKey === peer));
    life.settings = () => {
      throw new UserError('configuration', { mistakes: 'wg0.yaml:3:1: unknown key' });
    };
    expect(await life.served?.reload({}, call)).toMatchObject({
      outcome: 'refused',
      message: 'configuration not changed: wg0.yaml:3:1: unknown key',
    });
    life.stop();
    await run;
  });

  it('does so no more once it ends', async () => {
    const run = liveAgent(parts);
    await machine.engine.told('device');
    life.stop();
    await run;
    life.reload();
    expect(machine.steps).not.toContain('reloading');
  });
});
