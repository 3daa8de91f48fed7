import { beforeEach, describe, expect, it } from 'vitest';
import type { Handlers } from '../../../src/agent/control/client.js';
import { createHandlers } from '../../../src/agent/control/handlers.js';
import { History } from '../../../src/agent/history.js';
import { systemClock } from '../../../src/agent/clock.js';
import { VERSION } from '../../../src/agent/version.js';
import type { ConnectResult, FactsParams, ProbeReply } from '../../../src/core/control-api.js';
import type { Event } from '../../../src/core/events.js';
import type { AttemptStep, Notice } from '../../../src/core/notices.js';
import type { Cause } from '../../../src/core/views.js';
import packageJson from '../../../package.json' with { type: 'json' };
import { endpoint } from '../../support/expected.js';
import { testKey } from '../../support/keys.js';
import { peerView, ScriptedEngine } from '../../support/scripted-engine.js';

const hub = testKey(1);
const spoke = testKey(2);
const there = endpoint('192.0.2.9:51820');
const cause: Cause = { code: 'udp-blocked', text: 'no candidate answered' };

let engine: ScriptedEngine;
let followers: Set<(notice: Notice) => void>;
let handlers: Handlers;
let history: History;
let warnings: readonly Cause[];
/** What the engine does when an event is handed in. */
let react: (event: Event) => void;

beforeEach(() => {
  engine = new ScriptedEngine();
  engine.known = [peerView(hub, { name: 'hub', path: 'direct', endpoint: there }), peerView(spoke, { cause })];
  followers = new Set();
  history = new History({ now: () => new Date() });
  warnings = [];
  react = () => undefined;
  handlers = createHandlers({
    interface: 'wg0',
    clock: systemClock,
    engine,
    handle: (event) => {
      engine.handle(event);
      react(event);
    },
    follow: (listener) => {
      followers.add(listener);
      return () => followers.delete(listener);
    },
    history,
    reload: () => ({ file: '/etc/wirelink/wg0.yaml', outcome: 'applied', message: 'configuration read again' }),
    warnings: () => warnings,
  });
});

describe('status', () => {
  it('tells the version of the package, and who answers', async () => {
    expect(VERSION).toBe(packageJson.version);
    const status = await handlers.status({}, call());
    expect(status).toMatchObject({ version: VERSION, interface: 'wg0', pid: process.pid, self: engine.self() });
  });
});

describe('what the agent finds amiss', () => {
  it('is told with what the engine finds', async () => {
    warnings = [{ code: 'configuration', text: 'it has changed' }];
    expect((await handlers.peers({}, call())).self.warnings).toEqual(warnings);
  });
});

describe('facts', () => {
  const stranger = testKey(7);
  const facts = async (params: Omit<FactsParams, 'rejected'>, rejected = false) =>
    (await handlers.facts({ rejected, ...params }, call())).facts;

  beforeEach(() => {
    engine.claims = [
      { subject: spoke, attribute: 'endpoint', value: there, source: hub },
      { subject: spoke, attribute: 'alive', value: '00', source: spoke },
      { subject: engine.self().publicKey, attribute: 'endpoint', value: there, source: hub },
      { subject: stranger, attribute: 'endpoint', value: there, source: spoke, rejected: 'nobody knows it' },
    ];
  });

  it('are all of them unless something is asked for', async () => {
    expect(await facts({})).toEqual(engine.claims.slice(0, 3));
  });

  it.each([
    [{ subject: spoke.slice(0, 6) }, [0, 1]],
    [{ source: 'hub' }, [0, 2]],
    [{ attribute: 'endpoint' }, [0, 2]],
    [{ subject: spoke, attribute: 'endpoint', source: 'hub' }, [0]],
    [{ subject: testKey(255), source: spoke }, []],
  ] as const)('are those that fit all that was asked for: %j', async (params, which) => {
    expect(await facts(params)).toEqual(which.map((at) => engine.claims[at]));
  });

  it('can be about somebody who is no peer, and not about one whom nobody has told of', async () => {
    expect(await facts({ subject: stranger }, true)).toEqual([engine.claims[3]]);
    await expect(facts({ subject: 'nobody' })).rejects.toMatchObject({ code: 'unknown-peer' });
    await expect(facts({ source: testKey(8) })).rejects.toMatchObject({ code: 'unknown-peer' });
  });
});

describe('the peer of a request', () => {
  it.each([
    ['its key', spoke],
    ['the beginning of its key', spoke.slice(0, 4)],
    ['its name', 'hub'],
  ])('is named by %s', async (_how, text) => {
    const { peer } = await connect({ peer: text, wait: false });
    expect(peer.publicKey).toBe(text === 'hub' ? hub : spoke);
  });

  it.each([
    ['nobody', 'unknown-peer'],
    [spoke.slice(0, 3), 'unknown-peer'],
    [testKey(9), 'unknown-peer'],
    ['twin', 'ambiguous-peer'],
    [spoke.slice(0, 5), 'ambiguous-peer'],
  ])('has to be one and only one: %s is %s', async (text, code) => {
    engine.known.push(peerView(testKey(3), { name: 'twin' }), peerView(testKey(4), { name: 'twin' }));
    engine.known.push(peerView(testKey(5), { name: spoke.slice(0, 5) }));
    await expect(connect({ peer: text, wait: false })).rejects.toMatchObject({ code });
  });
});

describe('connect', () => {
  it('has nothing to do for a peer that is direct', async () => {
    const result = await connect({ peer: 'hub' });
    expect(result).toMatchObject({ outcome: 'already-direct', endpoint: there });
    expect(engine.events).toEqual([]);
  });

  it('hands the given candidates to the engine, and refuses what is none', async () => {
    await connect({ wait: false, endpoints: ['[2001:db8::1]:7'] });
    expect(engine.events).toEqual([{ type: 'connect', peer: spoke, endpoints: ['[2001:db8::1]:7'] }]);
    await expect(connect({ endpoints: ['example.org:7'] })).rejects.toMatchObject({ code: 'usage' });
  });

  it('does not follow when it need not wait', async () => {
    expect(await connect({ wait: false })).toMatchObject({ outcome: 'begun', cause });
    expect(followers.size).toBe(0);
  });

  it('follows the steps of that peer to the direct path', async () => {
    const steps: AttemptStep[] = [
      { what: 'invited', via: hub },
      { what: 'candidate', endpoint: there, outcome: 'tried' },
      { what: 'direct', endpoint: there, tookMs: 30 },
    ];
    react = () => {
      tell({ type: 'attempt', peer: hub, step: { what: 'failed', cause } });
      engine.known = [peerView(spoke, { path: 'direct', endpoint: there })];
      tell({ type: 'path', peer: spoke, path: 'direct', endpoint: there });
      for (const step of steps) tell({ type: 'attempt', peer: spoke, step });
    };
    const seen: AttemptStep[] = [];
    const result = await connect({}, (step) => seen.push(step));
    expect(seen).toEqual(steps);
    expect(result).toMatchObject({ outcome: 'direct', endpoint: there });
    expect(result).not.toHaveProperty('cause');
    expect(followers.size).toBe(0);
  });

  it('ends with the attempt when it fails, and says why', async () => {
    react = () => {
      tell({ type: 'attempt', peer: spoke, step: { what: 'failed', cause } });
    };
    expect(await connect({})).toMatchObject({ outcome: 'failed', cause });
  });

  it('ends when the time is over', async () => {
    expect(await connect({ timeoutMs: 1 })).toMatchObject({ outcome: 'timeout', cause });
    expect(followers.size).toBe(0);
  });

  it('ends when the client is gone', async () => {
    const gone = new AbortController();
    react = () => {
      gone.abort();
    };
    await connect({}, undefined, gone.signal);
    expect(followers.size).toBe(0);
  });
});

describe('probe', () => {
  it('reports each reply and sums them up', async () => {
    const times = [30, 10, 20];
    let sent = 0;
    react = (event) => {
      if (event.type === 'probe') reply(event.id, times[sent++] ?? 0);
    };
    const seen: ProbeReply[] = [];
    const result = await probe({ count: 3 }, (progress) => seen.push(progress));
    expect(seen).toEqual(times.map((rttMs, at) => ({ sequence: at + 1, rttMs, path: 'direct' })));
    expect(result).toMatchObject({ peer: spoke, sent: 3, received: 3, rttMs: { min: 10, median: 20, max: 30 }, cause });
  });

  it('takes the middle of two for the median of an even count', async () => {
    let sent = 0;
    react = (event) => {
      if (event.type === 'probe') reply(event.id, [10, 20][sent++] ?? 0);
    };
    expect((await probe({ count: 2 })).rttMs).toEqual({ min: 10, median: 15, max: 20 });
  });

  it('reports what was not answered in time, and has no times without replies', async () => {
    const seen: ProbeReply[] = [];
    const result = await probe({ count: 2, timeoutMs: 1 }, (progress) => seen.push(progress));
    expect(seen).toEqual([{ sequence: 1 }, { sequence: 2 }]);
    expect(result).toMatchObject({ sent: 2, received: 0 });
    expect(result).not.toHaveProperty('rttMs');
    expect(followers.size).toBe(0);
  });

  it('gives every ping an id of its own, also those of two clients at once', async () => {
    react = (event) => {
      if (event.type === 'probe') setImmediate(reply, event.id, event.id);
    };
    const [one, other] = await Promise.all([probe({ count: 3 }), probe({ count: 3 })]);
    expect([one.received, other.received]).toEqual([3, 3]);
    const ids = engine.ofType('probe').map(({ id }) => id);
    expect(ids).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('stops pinging when the client is gone', async () => {
    const gone = new AbortController();
    react = () => {
      gone.abort();
    };
    const result = await probe({ count: 1000, intervalMs: 3_600_000 }, undefined, gone.signal);
    expect(result.sent).toBe(1);
    expect(followers.size).toBe(0);
  });
});

function tell(notice: Notice): void {
  for (const follower of followers) follower(notice);
}

const reply = (id: number, rttMs: number): void => {
  tell({ type: 'probe-reply', peer: spoke, id, rttMs, path: 'direct' });
};

function call<Progress>(progress: (progress: Progress) => void = () => undefined, gone?: AbortSignal) {
  return { progress, gone: gone ?? new AbortController().signal };
}

async function connect(
  params: { peer?: string; endpoints?: string[]; timeoutMs?: number; wait?: boolean },
  onStep: (step: AttemptStep) => void = () => undefined,
  gone?: AbortSignal,
): Promise<ConnectResult> {
  return handlers.connect(
    { peer: spoke, endpoints: [], timeoutMs: 60_000, wait: true, ...params },
    call(({ step }) => {
      onStep(step);
    }, gone),
  );
}

async function probe(
  params: { count: number; intervalMs?: number; timeoutMs?: number },
  onReply?: (reply: ProbeReply) => void,
  gone?: AbortSignal,
) {
  return handlers.probe({ peer: spoke, intervalMs: 0, timeoutMs: 60_000, ...params }, call(onReply, gone));
}
