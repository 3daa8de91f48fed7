/** When a path that carries traffic counts as dead, and when it does not. */
import { describe, expect, it } from 'vitest';
import type { Connection, PingSize } from '../../../src/core/connection/connection.js';
import {
  lookAtCounters,
  pingOnPath,
  pongOnPath,
  suspectPath,
  watchAt,
  watchPath,
} from '../../../src/core/connection/liveness.js';
import { MISSES_TO_LOSE, PING_EVERY, PING_IN_DOUBT, PONG_WAIT_MIN } from '../../../src/core/limits.js';
import { decodeMessage } from '../../../src/core/protocol/messages.js';
import { Random } from '../../../src/core/random.js';
import { instant, millis } from '../../../src/core/values/time.js';
import { activeConnection, hub, spoke, Stage } from '../support/scene.js';

const HOUR = 3_600_000;

interface Ride {
  readonly connection: Connection;
  readonly lostAt: number | undefined;
  /** When small ones were sent, and when ones of full size. */
  readonly pings: readonly number[];
  readonly full: readonly number[];
}

describe('a path under traffic', () => {
  it('is pinged twice a second, and no more', () => {
    const { pings, lostAt } = ride(60_000, () => 100);
    expect(lostAt).toBeUndefined();
    expect(pings.length).toBeLessThanOrEqual(60_000 / PING_EVERY);
    expect(pings.length).toBeGreaterThan(60_000 / (PING_EVERY + 150));
  });

  it('is lost after eight pings without an answer, which takes two seconds at most', () => {
    const { pings, lostAt } = ride(10_000, (at) => (at < 5000 ? 100 : undefined));
    expect(lostAt).toBeDefined();
    expect((lostAt ?? Infinity) - 5000).toBeLessThanOrEqual(
      PING_EVERY + 2 * PONG_WAIT_MIN + MISSES_TO_LOSE * PING_IN_DOUBT + 200,
    );
    expect(pings.filter((at) => at >= 5000).length).toBeLessThanOrEqual(MISSES_TO_LOSE + 3);
  });

  it.each([1, 2, 3])('survives an hour in which a fifth of all pings goes without an answer (seed %i)', (seed) => {
    const random = new Random(seed);
    const { pings, lostAt } = ride(HOUR, () => (random.unit() < 0.2 ? undefined : 60));
    expect(lostAt).toBeUndefined();
    expect(pings.length).toBeGreaterThan(HOUR / (PING_EVERY + 150));
  });

  it.each([1, 2, 3, 4, 5])(
    'survives ten minutes that lose half of all pings, after one that lost a third (seed %i)',
    (seed) => {
      const random = new Random(seed);
      const { lostAt } = ride(HOUR / 6, (at) => (random.unit() < (at < 60_000 ? 1 / 3 : 1 / 2) ? undefined : 60));
      expect(lostAt).toBeUndefined();
    },
  );

  it('has each of its pings counted, those too that are under way when a pong comes', () => {
    const rows = Array.from({ length: 20 }, (_, seed) => {
      const random = new Random(seed);
      const share = (at: number): number => (at < 60_000 ? 1 / 3 : 0.6);
      return ride(HOUR / 12, (at) => (random.unit() < share(at) ? undefined : 140)).connection.loss.missesToLose;
    });
    // The formula says 32 for three of five.
    const mean = rows.reduce((sum, row) => sum + row, 0) / rows.length;
    expect(mean).toBeGreaterThan(29);
    expect(mean).toBeLessThan(35);
  });

  it('is lost when pings of full size go unanswered, and for that takes more of them where more get lost', () => {
    const fullMisses = (loss: number): number => {
      const random = new Random(1);
      const connection = activeConnection();
      connection.enter({ ...activeOf(connection), full: { waiting: [], pingAt: instant(0) } });
      const lost = (at: number, size: PingSize): boolean => random.unit() < loss || (size === 'full' && at >= 60_000);
      const answer = (at: number, size: PingSize): number | undefined => (lost(at, size) ? undefined : 100);
      const { full, lostAt } = ride(120_000, answer, Infinity, connection);
      expect(lostAt).toBeDefined();
      return full.filter((at) => at >= 60_000).length;
    };
    expect(fullMisses(0)).toBeLessThanOrEqual(MISSES_TO_LOSE + 2);
    expect(fullMisses(0.3)).toBeGreaterThan(14);
  });

  it('is lost after three misses when this machine has moved, and after eight again once a pong came', () => {
    const moved = (at: number, sentAt: number): number | undefined => (sentAt < at ? 60 : undefined);
    const after = (answered: number): number => {
      const stage = new Stage();
      const connection = activeConnection();
      suspectPath(connection, activeOf(connection), stage.scene());
      return (ride(10_000, (at) => moved(answered, at), Infinity, connection).lostAt ?? Infinity) - answered;
    };
    expect(after(0)).toBeLessThan(3 * PING_IN_DOUBT + 2 * PONG_WAIT_MIN);
    expect(after(1000)).toBeGreaterThan(MISSES_TO_LOSE * PING_IN_DOUBT);
  });

  it('survives a round trip that is suddenly eight times as long, and one that varies widely', () => {
    expect(ride(60_000, (at) => (at < 5000 ? 100 : 800)).lostAt).toBeUndefined();
    const random = new Random(7);
    expect(ride(60_000, () => 20 + random.unit() * 600).lostAt).toBeUndefined();
  });

  it('waits for a pong as long as RFC 6298 says: the smoothed round trip and four times its variation', () => {
    const stage = new Stage();
    const connection = activeConnection(instant(0), 400);
    tick(stage, connection, 0);
    // Without variation so far: doubt begins one round trip after the ping.
    expect(watchAt(activeOf(connection), instant(1))).toBe(400);
    pongOnPath(
      connection,
      activeOf(connection),
      { sentAt: instant(0), aimedAt: undefined, size: 'small' },
      stage.scene({ now: 480 }),
    );
    expect(activeOf(connection)).toMatchObject({ rtt: 410, rttVariation: 20, waiting: [] });
    tick(stage, connection, 1000);
    expect(watchAt(activeOf(connection), instant(1001))).toBe(1000 + 410 + 4 * 20);
  });
});

describe('the two ends of a path under traffic', () => {
  it.each([0, 1, 50, 120])('take turns, and each pings no more often than alone (%i ms one way)', (oneWay) => {
    const { leader, follower } = rideTogether(60_000, oneWay);
    const settled = follower.filter((at) => at > 5000 && at < 55_000);
    const period = PING_EVERY + 2 * oneWay;
    expect(settled.length).toBeGreaterThan(50_000 / (period + 20));
    expect(settled.length).toBeLessThanOrEqual(50_000 / period + 1);
    for (const at of settled) {
      const apart = Math.min(...leader.map((other) => Math.abs(at - other)));
      expect(apart).toBeGreaterThanOrEqual(PING_EVERY / 2 - 20);
    }
  });

  it('keep to their own pace where only one of them is heard', () => {
    const { follower } = rideTogether(60_000, 50, (at) => at < 20_000);
    const alone = follower.filter((at) => at > 30_000);
    expect(alone.length).toBeGreaterThan(30_000 / (PING_EVERY + 120));
    expect(alone.length).toBeLessThanOrEqual(30_000 / PING_EVERY);
  });

  it('are not kept from pinging by one that pings without end', () => {
    const stage = new Stage();
    const connection = asFollower(activeConnection());
    const pings: number[] = [];
    for (let now = 0; now < 5000; now += 10) {
      pingOnPath(connection, activeOf(connection), stage.scene({ now }));
      for (const { token } of tick(stage, connection, now)) {
        pings.push(now);
        const ping = connection.takePing(token);
        if (ping !== undefined) pongOnPath(connection, activeOf(connection), ping, stage.scene({ now }));
      }
    }
    expect(pings.length).toBeGreaterThanOrEqual(5000 / PING_EVERY);
    expect(pings.length).toBeLessThanOrEqual((2 * 5000) / PING_EVERY + 1);
  });
});

describe('a path without traffic', () => {
  it('is not pinged once it has been quiet for a while', () => {
    const { pings } = ride(60_000, () => 100, 10_000);
    expect(Math.max(...pings)).toBeLessThanOrEqual(11_000 + PING_EVERY);
  });

  it('counts as moving when more passes than keepalives, rekeys and our own datagrams', () => {
    const grown = (rx: number, tx: number, handshake = 0, at = 2000): boolean => {
      const stage = new Stage();
      const connection = activeConnection();
      const idle = { ...activeOf(connection), movingUntil: instant(0), pingAt: undefined };
      connection.enter(idle);
      const seen = spoke('10.9.0.3/32');
      const scene = (now: number) => stage.scene({ now, peers: [hub(), seen] });
      lookAtCounters(connection, idle, seen, scene(0));
      const later = { ...seen, rxBytes: rx, txBytes: tx, handshakeAt: instant(handshake) };
      lookAtCounters(connection, activeOf(connection), later, scene(at));
      return activeOf(connection).movingUntil > at;
    };
    expect(grown(0, 0)).toBe(false);
    expect(grown(64, 64)).toBe(false);
    expect(grown(148 + 32, 92 + 64, 1000)).toBe(false);
    // A ping of 56 bytes is 84 with its headers, padded to 96, and WireGuard's 32.
    expect(grown(128, 0)).toBe(true);
    expect(grown(0, 128)).toBe(true);
    // An initiation whose answer comes after the reading: not before the session is old enough for one.
    expect(grown(0, 148, 0, 100_000)).toBe(true);
    expect(grown(0, 148, 0, 120_000)).toBe(false);
  });

  it('does not take our own datagrams for traffic', () => {
    const stage = new Stage();
    const connection = activeConnection();
    const idle = { ...activeOf(connection), movingUntil: instant(0), pingAt: undefined };
    connection.enter(idle);
    const seen = spoke('10.9.0.3/32');
    lookAtCounters(connection, idle, seen, stage.scene({ peers: [hub(), seen] }));
    stage.outbox.send(connection.peer, { kind: 'acknowledge', feed: 1, sequence: 1 });
    stage.outbox.send(connection.peer, { kind: 'renew', feed: 1, sequence: 1, stale: [] });
    lookAtCounters(connection, idle, { ...seen, txBytes: 192 }, stage.scene({ now: 2000, peers: [hub(), seen] }));
    expect(activeOf(connection).movingUntil).toBe(0);
  });
});

/** A path whose pings are answered after so many milliseconds, or never; traffic moves until `quietFrom`. */
function ride(
  ms: number,
  answer: (sentAt: number, size: PingSize) => number | undefined,
  quietFrom = Infinity,
  connection = activeConnection(),
): Ride {
  const stage = new Stage();
  const [pings, full]: [number[], number[]] = [[], []];
  let pongs: { at: number; token: number }[] = [];
  for (let now = 0; now < ms; now += 10) {
    for (const { token } of pongs.filter(({ at }) => at <= now)) {
      const ping = connection.takePing(token);
      if (ping !== undefined) pongOnPath(connection, activeOf(connection), ping, stage.scene({ now }));
    }
    pongs = pongs.filter(({ at }) => at > now);
    if (now < quietFrom) connection.enter({ ...activeOf(connection), movingUntil: instant(now + 1000) });
    for (const { token, size } of tick(stage, connection, now)) {
      (size === 'small' ? pings : full).push(now);
      const after = answer(now, size);
      if (after !== undefined) pongs.push({ at: now + after, token });
    }
    if (connection.state.name !== 'active') return { connection, lostAt: now, pings, full };
  }
  return { connection, lostAt: undefined, pings, full };
}

/** Both ends of one path whose traffic never rests; `heard` says whether the leader's pings of that time reach the follower. */
function rideTogether(
  ms: number,
  oneWay: number,
  heard: (at: number) => boolean = () => true,
): { readonly leader: readonly number[]; readonly follower: readonly number[] } {
  const stages = [new Stage(), new Stage()] as const;
  const ends = [activeConnection(), asFollower(activeConnection())] as const;
  const pings: readonly [number[], number[]] = [[], []];
  const arrivals: { readonly at: number; readonly act: () => void }[] = [];
  for (let now = 0; now < ms; now += 10) {
    for (const each of arrivals.filter(({ at }) => at === now)) each.act();
    for (const end of [0, 1] as const) {
      const [connection, other, stage] = [ends[end], ends[1 - end] ?? ends[end], stages[end]];
      connection.enter({ ...activeOf(connection), movingUntil: instant(now + 1000) });
      for (const { token } of tick(stage, connection, now)) {
        pings[end].push(now);
        const [there, back] = [now + round(oneWay), now + round(2 * oneWay)];
        if (end === 1 || heard(now)) {
          arrivals.push({
            at: there,
            act: () => {
              pingOnPath(other, activeOf(other), stage.scene({ now: there }));
            },
          });
        }
        const ping = connection.takePing(token);
        if (ping === undefined) continue;
        arrivals.push({
          at: back,
          act: () => {
            pongOnPath(connection, activeOf(connection), ping, stage.scene({ now: back }));
          },
        });
      }
    }
  }
  return { leader: pings[0], follower: pings[1] };
}

/** Up to the next turn of the loop, and never the same one. */
const round = (ms: number): number => Math.max(10, Math.ceil(ms / 10) * 10);

function asFollower(connection: Connection): Connection {
  const state = activeOf(connection);
  connection.enter({ ...state, attempt: { ...state.attempt, leader: false } });
  return connection;
}

interface Said {
  readonly token: number;
  readonly size: PingSize;
}

/** Lets the path be watched at that time; answers the pings that were sent. */
function tick(stage: Stage, connection: Connection, now: number): Said[] {
  watchPath(connection, activeOf(connection), stage.scene({ now }));
  return stage.taken().flatMap((action) => {
    const message = action.type === 'send' ? decodeMessage(action.bytes) : undefined;
    return message?.kind === 'ping' ? [{ token: message.token, size: message.padding > 0 ? 'full' : 'small' }] : [];
  });
}

function activeOf({ state }: Connection): Extract<Connection['state'], { name: 'active' }> {
  if (state.name !== 'active') throw new Error(`the connection is ${state.name}`);
  return { ...state, rtt: millis(state.rtt) };
}
