import { beforeEach, describe, expect, it } from 'vitest';
import { History } from '../../../src/agent/history.js';
import type { Log, Told } from '../../../src/agent/log.js';
import { remembering } from '../../../src/agent/log/remember.js';
import type { EventView } from '../../../src/core/happenings.js';
import { endpoint } from '../../support/expected.js';
import { testKey } from '../../support/keys.js';
import { Machine } from '../support/machine.js';

const [hub, spoke] = [testKey(1), testKey(2)];
const there = endpoint('192.0.2.9:51820');
const silent = { code: 'udp-blocked', text: 'no candidate answered' } as const;
const lost = { code: 'contact-lost', text: 'the path stopped answering' } as const;

let machine: Machine;
let history: History;
let log: Log;
beforeEach(() => {
  machine = new Machine();
  history = new History({ now: () => new Date(0) });
  log = remembering(machine.log, history, (peer) => (peer === hub ? 'hub' : undefined));
});

describe('what is remembered', () => {
  it('is each change of a path, with what it was and why it is not direct', () => {
    tell(
      { type: 'path', peer: spoke, path: 'relayed', via: hub, cause: silent },
      { type: 'path', peer: spoke, path: 'direct', was: 'relayed', endpoint: there },
      { type: 'path', peer: spoke, path: 'relayed', was: 'direct', via: hub, cause: lost },
    );
    expect(remembered()).toEqual([
      {
        type: 'path',
        peer: spoke,
        path: 'relayed',
        via: hub,
        code: silent.code,
        text: 'relayed through hub: no candidate answered',
      },
      {
        type: 'path',
        peer: spoke,
        path: 'direct',
        was: 'relayed',
        endpoint: there,
        text: 'direct, at 192.0.2.9:51820',
      },
      {
        type: 'path',
        peer: spoke,
        path: 'relayed',
        was: 'direct',
        via: hub,
        code: lost.code,
        text: 'relayed through hub: the path stopped answering',
      },
    ]);
  });

  it('is no attempt that left all as it was, however often it is made', () => {
    tell({ type: 'path', peer: spoke, path: 'relayed', via: hub, cause: silent });
    for (let times = 0; times < 100; times++) {
      tell(
        {
          type: 'path',
          peer: spoke,
          path: 'connecting',
          was: 'relayed',
          via: hub,
          cause: { code: 'connecting', text: '' },
        },
        { type: 'attempt', peer: spoke, step: { what: 'failed', cause: silent } },
        { type: 'path', peer: spoke, path: 'relayed', was: 'connecting', via: hub, endpoint: there, cause: silent },
      );
    }
    expect(remembered()).toHaveLength(1);
  });

  it('is what agents do, what was refused of whom, what is amiss, and that the configuration was read', () => {
    tell(
      { type: 'agent', peer: hub, what: 'found' },
      { type: 'refused', source: spoke, subject: hub, code: 'not-granted', reason: 'not its own' },
      { type: 'refused', source: hub, subject: hub, code: 'no-port', reason: 'there is no port 0' },
      { type: 'warning', code: 'device-refused', message: 'no' },
      { type: 'reload', outcome: 'applied', message: 'configuration read again' },
    );
    log.warn('the routes could not be read');
    expect(remembered()).toEqual([
      { type: 'agent', peer: hub, name: 'hub', code: 'found', text: 'its agent is here' },
      { type: 'refused', peer: spoke, code: 'not-granted', text: 'what it says about hub: not its own' },
      {
        type: 'refused',
        peer: hub,
        name: 'hub',
        code: 'no-port',
        text: 'what it says about itself: there is no port 0',
      },
      { type: 'warning', code: 'device-refused', text: 'no' },
      { type: 'reload', code: 'applied', text: 'configuration read again' },
      { type: 'warning', code: 'log', text: 'the routes could not be read' },
    ]);
  });

  it('is in the log as well', () => {
    tell({ type: 'agent', peer: hub, what: 'found' }, { type: 'reload', outcome: 'refused', message: 'one\ntwo' });
    log.warn('three');
    expect(machine.logged).toEqual([
      `${hub.slice(0, 8)}: its agent is here`,
      'warning: one',
      'warning: two',
      'warning: three',
    ]);
  });
});

function tell(...told: readonly Told[]): void {
  for (const each of told) log.notice(each);
}

const remembered = (): readonly Partial<EventView>[] =>
  history.since(0).map(({ number, at, ...rest }) => {
    expect(number).toBeGreaterThan(0);
    expect(at).toBe('1970-01-01T00:00:00.000Z');
    return rest;
  });
