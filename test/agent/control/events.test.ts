import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/agent/clock.js';
import { eventsHandler } from '../../../src/agent/control/events.js';
import type { Handlers } from '../../../src/agent/control/client.js';
import { History } from '../../../src/agent/history.js';
import { testKey } from '../../support/keys.js';
import { peerView, ScriptedEngine } from '../../support/scripted-engine.js';

const [hub, gone] = [testKey(1), testKey(2)];

let history: History;
let events: Handlers['events'];
beforeEach(() => {
  const engine = new ScriptedEngine();
  engine.known = [peerView(hub, { name: 'hub' })];
  history = new History({ now: () => new Date() });
  events = eventsHandler({
    interface: 'wg0',
    clock: systemClock,
    engine,
    handle: () => undefined,
    follow: () => () => undefined,
    history,
    reload: () => ({ file: '/etc/wirelink/wg0.yaml', outcome: 'applied', message: 'configuration read again' }),
    warnings: () => [],
  });
  history.add({ type: 'start', text: 'start' });
  history.add({ type: 'agent', peer: gone, name: 'old', text: 'of the one that is gone' });
  history.add({ type: 'agent', peer: hub, name: 'hub', text: 'of the hub' });
});

const once = { progress: () => undefined, gone: AbortSignal.abort() };

describe('events', () => {
  it('are all that is remembered, or what came after one of them', async () => {
    expect((await events({ follow: false }, once)).events.map(({ text }) => text)).toEqual([
      'start',
      'of the one that is gone',
      'of the hub',
    ]);
    expect((await events({ follow: false, after: 2 }, once)).events.map(({ text }) => text)).toEqual(['of the hub']);
  });

  it('are those of one peer, also of one that is gone', async () => {
    for (const [peer, text] of [
      ['hub', 'of the hub'],
      ['old', 'of the one that is gone'],
      [gone, 'of the one that is gone'],
    ] as const) {
      expect((await events({ follow: false, peer }, once)).events.map((event) => event.text)).toEqual([text]);
    }
    await expect(Promise.resolve().then(() => events({ follow: false, peer: 'nobody' }, once))).rejects.toMatchObject({
      code: 'unknown-peer',
    });
  });

  it('are told to who follows as they happen, first those that it has not seen, until it is gone', async () => {
    const client = new AbortController();
    const heard: string[] = [];
    const ended = events(
      { follow: true, after: 1, peer: 'hub' },
      { progress: ({ text }) => heard.push(text), gone: client.signal },
    );
    history.add({ type: 'agent', peer: gone, text: 'not asked for' });
    history.add({ type: 'agent', peer: hub, text: 'new' });
    expect(heard).toEqual(['of the hub', 'new']);
    client.abort();
    expect(await ended).toEqual({ events: [] });
    history.add({ type: 'agent', peer: hub, text: 'too late' });
    expect(heard).toHaveLength(2);
  });
});
