import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { factId, type Fact } from '../../../src/core/facts/fact.js';
import {
  ClaimStore,
  MAX_CLAIMS_ABOUT_ITSELF,
  MAX_CLAIMS_PER_NEIGHBOUR,
  type Claim,
} from '../../../src/core/facts/store.js';
import { endpointOf } from '../../../src/core/values/endpoint.js';
import { after, instant, seconds } from '../../../src/core/values/time.js';
import { address, key } from '../support/values.js';

const [HUB, SPOKE, OTHER] = [key(1), key(2), key(3)];
const START = instant(1000);

let store: ClaimStore;

beforeEach(() => {
  store = new ClaimStore();
});

describe('a claim in the store', () => {
  it('is added once and renewed when it comes again', () => {
    expect(store.put(claim({ port: 1 }))).toBe('added');
    expect(store.put(claim({ port: 1, ttl: 20 }))).toBe('renewed');
    expect([...store.all()]).toEqual([claim({ port: 1, ttl: 20 })]);
    expect(store.size).toBe(1);
  });

  it('is another one when the value, the source or the neighbour differs', () => {
    store.put(claim({ port: 1 }));
    expect(store.put(claim({ port: 2 }))).toBe('added');
    expect(store.put(claim({ port: 1, source: SPOKE }))).toBe('added');
    expect(store.put(claim({ port: 1, source: SPOKE, via: SPOKE }))).toBe('added');
    expect(store.size).toBe(4);
  });

  it('is found by its subject, whoever said it', () => {
    store.put(claim({ port: 1, source: SPOKE, via: SPOKE }));
    store.put(claim({ port: 1 }));
    store.put(claim({ port: 1, subject: OTHER }));
    expect(store.forSubject(SPOKE).map(({ source }) => source)).toEqual([SPOKE, HUB]);
    expect(store.forSubject(HUB)).toEqual([]);
  });

  it('is gone after its source withdrew it, and only then', () => {
    const kept = claim({ port: 1, source: SPOKE, via: SPOKE });
    store.put(kept);
    store.put(claim({ port: 1 }));
    store.withdraw(factId(kept.fact), HUB, SPOKE);
    expect(store.size).toBe(2);
    store.withdraw(factId(kept.fact), HUB, HUB);
    expect([...store.all()]).toEqual([kept]);
    expect(store.forSubject(SPOKE)).toEqual([kept]);
  });

  it('goes with the neighbour it came through, whoever said it', () => {
    store.put(claim({ port: 1 }));
    store.put(claim({ port: 1, source: SPOKE }));
    store.put(claim({ port: 1, source: SPOKE, via: SPOKE }));
    store.dropVia(HUB);
    expect([...store.all()].map(({ via }) => via)).toEqual([SPOKE]);
  });

  it('goes with its source on one way, not on another', () => {
    store.put(claim({ port: 1, source: SPOKE }));
    store.put(claim({ port: 2, source: SPOKE }));
    store.put(claim({ port: 1, source: SPOKE, via: SPOKE }));
    store.put(claim({ port: 1 }));
    store.dropSource(SPOKE, HUB);
    expect([...store.all()].map(({ source, via }) => [source, via])).toEqual([
      [HUB, HUB],
      [SPOKE, SPOKE],
    ]);
  });
});

describe('expiry', () => {
  it('takes a claim at its time and not before', () => {
    store.put(claim({ port: 1, ttl: 10 }));
    expect(store.expire(instant(10_999))).toEqual([]);
    expect(store.expire(instant(11_000))).toEqual([claim({ port: 1, ttl: 10 })]);
    expect(store.size).toBe(0);
    expect(store.forSubject(SPOKE)).toEqual([]);
    expect(store.nextExpiry()).toBeUndefined();
  });

  it('never takes what this machine itself sees', () => {
    store.put({ ...claim({ port: 1 }), expiresAt: undefined });
    expect(store.nextExpiry()).toBeUndefined();
    store.renew(HUB, HUB, START);
    expect(store.expire(instant(1e12))).toEqual([]);
    expect(store.size).toBe(1);
  });

  it('begins anew, for each claim with its own ttl, when the source is renewed', () => {
    store.put(claim({ port: 1, ttl: 10 }));
    store.put(claim({ port: 2, ttl: 30 }));
    store.put(claim({ port: 1, ttl: 10, source: SPOKE }));
    store.renew(HUB, HUB, instant(9000));
    expect(store.expire(instant(11_000)).map(({ source }) => source)).toEqual([SPOKE]);
    expect(store.nextExpiry()).toBe(19_000);
    expect(store.expire(instant(39_000))).toHaveLength(2);
  });

  it('is next at the earliest of all that are still there', () => {
    store.put(claim({ port: 1, ttl: 10 }));
    store.put(claim({ port: 2, ttl: 5 }));
    expect(store.nextExpiry()).toBe(6000);
    store.withdraw(factId(claim({ port: 2 }).fact), HUB, HUB);
    expect(store.nextExpiry()).toBe(11_000);
  });
});

describe('the subjects that have changed', () => {
  it('are those of whom something came or went, each told once', () => {
    store.put(claim({ port: 1 }));
    store.put(claim({ port: 2, subject: OTHER }));
    expect(store.takeChanged()).toEqual(new Set([SPOKE, OTHER]));
    expect(store.hasChanged).toBe(false);
    store.withdraw('nothing', HUB, HUB);
    store.put(claim({ port: 1, ttl: 99 }));
    store.renew(HUB, HUB, instant(5000));
    expect(store.hasChanged).toBe(false);
    store.withdraw(factId(claim({ port: 2, subject: OTHER }).fact), HUB, HUB);
    expect(store.takeChanged()).toEqual(new Set([OTHER]));
    store.dropVia(HUB);
    expect(store.takeChanged()).toEqual(new Set([SPOKE]));
  });

  it('are also those of whom one of two runs was renewed, as the younger one counts', () => {
    const alive = (byte: string): Claim => {
      return { ...claim({ port: 1 }), fact: { subject: SPOKE, attribute: 'alive', value: byte.repeat(16) } };
    };
    store.put(alive('00'));
    store.takeChanged();
    store.renew(HUB, HUB, instant(5000));
    expect(store.hasChanged).toBe(false);
    store.put({ ...alive('11'), source: SPOKE });
    store.takeChanged();
    store.renew(HUB, HUB, instant(6000));
    expect(store.takeChanged()).toEqual(new Set([SPOKE]));
  });
});

describe('limits', () => {
  it('let nobody say more than so much about himself, on one way', () => {
    const own = (port: number, via = SPOKE): Claim => claim({ port, source: SPOKE, via });
    for (let port = 1; port <= MAX_CLAIMS_ABOUT_ITSELF; port++) expect(store.put(own(port))).toBe('added');
    expect(store.put(own(9999))).toBe('full');
    expect(store.put(own(1))).toBe('renewed');
    expect(store.put(own(9999, HUB))).toBe('added');
    store.withdraw(factId(own(1).fact), SPOKE, SPOKE);
    expect(store.put(own(9999))).toBe('added');
  });

  it('let no neighbour pass on more than so much, and do not make others pay for it', () => {
    for (let port = 0; port < MAX_CLAIMS_PER_NEIGHBOUR; port++) store.put(claim({ port }));
    expect(store.put(claim({ port: 60_000 }))).toBe('full');
    expect(store.put(claim({ port: 1, via: SPOKE, source: SPOKE }))).toBe('added');
    store.dropVia(HUB);
    expect(store.size).toBe(1);
    expect(store.put(claim({ port: 60_000 }))).toBe('added');
  });
});

it('holds, after any sequence of operations, what a plain list would hold', () => {
  const who = fc.constantFrom(HUB, SPOKE, OTHER);
  const args = fc.record({ port: fc.nat(3), subject: who, source: who, via: who, ttl: fc.integer({ min: 1, max: 9 }) });
  const operation = fc.tuple(
    fc.constantFrom('put', 'renew', 'withdraw', 'dropVia', 'dropSource', 'expire'),
    args,
    fc.nat(3),
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const tested = new ClaimStore();
      const model = new Map<string, Claim>();
      let now = START;
      for (const [name, input, later] of operations) {
        now = after(now, seconds(later));
        const one = { ...claim(input), expiresAt: after(now, seconds(input.ttl)) };
        apply(name, one, now, tested, model);
        const order = (claims: Iterable<Claim>): string[] => [...claims].map((each) => JSON.stringify(each)).toSorted();
        expect(order(tested.all())).toEqual(order(model.values()));
        expect(order(tested.forSubject(SPOKE))).toEqual(
          order([...model.values()].filter(({ fact }) => fact.subject === SPOKE)),
        );
        expect(tested.size).toBe(model.size);
        expect(tested.nextExpiry() ?? Infinity).toBe(
          Math.min(...[...model.values()].map((each) => each.expiresAt ?? 0)),
        );
      }
    }),
  );
});

function apply(name: string, one: Claim, now: typeof START, tested: ClaimStore, model: Map<string, Claim>): void {
  const remove = (matches: (claim: Claim) => boolean): void => {
    for (const [id, each] of model) if (matches(each)) model.delete(id);
  };
  const { source, via } = one;
  if (name === 'put') {
    tested.put(one);
    model.set(idOf(one), one);
  } else if (name === 'renew') {
    tested.renew(source, via, now);
    for (const [id, each] of model) {
      if (each.source === source && each.via === via) model.set(id, { ...each, expiresAt: after(now, each.ttl) });
    }
  } else if (name === 'withdraw') {
    tested.withdraw(factId(one.fact), source, via);
    model.delete(idOf(one));
  } else if (name === 'dropVia') {
    tested.dropVia(via);
    remove((each) => each.via === via);
  } else if (name === 'dropSource') {
    tested.dropSource(source, via);
    remove((each) => each.source === source && each.via === via);
  } else {
    tested.expire(now);
    remove((each) => (each.expiresAt ?? now) <= now);
  }
}

const idOf = ({ fact, source, via }: Claim): string => [factId(fact), source, via].join(' ');

/** What the hub says of the spoke, first hand, unless told otherwise. */
function claim({ port = 1, subject = SPOKE, source = HUB, via = HUB, ttl = 10 }): Claim {
  const fact: Fact = { subject, attribute: 'endpoint', value: endpointOf(address('192.0.2.1'), port) };
  return { fact, source, via, ttl: seconds(ttl), expiresAt: after(START, seconds(ttl)) };
}
