/** What the views of others say about the NAT in front of a machine. */
import { describe, expect, it } from 'vitest';
import { natEvidence, NO_EVIDENCE, type NatEvidence, type Tried } from '../../../src/core/connection/nat.js';
import { endpoint } from '../support/values.js';
import { HUB, HUB2, OTHER, SPOKE } from '../support/network.js';
import { address } from '../support/values.js';

const LISTEN_PORT = 51820;
/** An attempt that failed, and in which nothing came through. */
const UNHEARD: Tried = { seen: 'none', reached: false, seenThere: 'none', unexplained: false };

type Seen = readonly [by: typeof HUB, text: string];

/** `seen` are pairs of an observer and the endpoint it sees. */
const judged = (...seen: readonly Seen[]): NatEvidence => judgedAfter([], ...seen);

function judgedAfter(tried: readonly Partial<Tried>[], ...seen: readonly Seen[]): NatEvidence {
  return natEvidence({
    observed: seen.map(([by, text]) => ({ by, endpoint: endpoint(text) })),
    routers: [HUB, HUB2],
    own: new Set([address('192.168.1.5'), address('2001:db8::5')]),
    listenPort: LISTEN_PORT,
    tried: tried.map((each) => ({ ...UNHEARD, ...each })),
  });
}

describe('what others see of a machine', () => {
  it('says nothing while nobody has told', () => {
    expect(judged()).toEqual(NO_EVIDENCE);
  });

  it('shows no NAT where it is one of the machine’s own addresses', () => {
    expect(judged([HUB, '192.168.1.5:51820'])).toMatchObject({ mapping: 'none', certain: false });
  });

  it('is a guess as long as one observer sees it: a kept port is kept for all, a changed one for nobody', () => {
    expect(judged([HUB, '203.0.113.7:51820'])).toMatchObject({ mapping: 'endpoint-independent', certain: false });
    expect(judged([HUB, '203.0.113.7:4000'])).toMatchObject({ mapping: 'address-and-port-dependent', certain: false });
  });

  it('is certain where two see the same endpoint, whatever its port, or two ports at one address', () => {
    const same = judged([HUB, '203.0.113.7:4000'], [OTHER, '203.0.113.7:4000']);
    expect(same).toMatchObject({ mapping: 'endpoint-independent', certain: true });
    const differing = judged([HUB, '203.0.113.7:51820'], [OTHER, '203.0.113.7:4001']);
    expect(differing).toMatchObject({ mapping: 'address-and-port-dependent', certain: true });
  });

  it.each([
    ['a neighbour in the same network', '192.168.1.5:51820'],
    ['somebody over IPv6', '[2001:db8::5]:51820'],
    ['somebody behind the same carrier', '100.64.0.9:4001'],
  ])('is not compared with what %s sees', (_, text) => {
    const evidence = judged([HUB, '203.0.113.7:4000'], [OTHER, text]);
    expect(evidence).toMatchObject({ mapping: 'address-and-port-dependent', certain: false });
  });

  it('shows that UDP passes to others than the router where one of them sees a public address', () => {
    expect(judged([HUB, '203.0.113.7:4000'], [HUB2, '203.0.113.7:4000']).passed).toBe(false);
    expect(judged([HUB, '203.0.113.7:4000'], [SPOKE, '192.168.1.5:51820']).passed).toBe(false);
    expect(judged([HUB, '203.0.113.7:4000'], [SPOKE, '203.0.113.7:4000']).passed).toBe(true);
  });
});

describe('what attempts show of the NAT in front of a machine', () => {
  const kept: Seen = [HUB, '203.0.113.7:51820'];
  const changed: Seen = [HUB, '203.0.113.7:4000'];

  it('is a second observer: the other end saw the port that a router sees, or another one', () => {
    for (const seen of [kept, changed]) {
      const same = judgedAfter([{ seenThere: 'as known' }], seen);
      expect(same).toMatchObject({ mapping: 'endpoint-independent', certain: true, passed: true });
      const other = judgedAfter([{ seenThere: 'as known' }, { seenThere: 'another port' }], seen);
      expect(other).toMatchObject({ mapping: 'address-and-port-dependent', certain: true, passed: true });
    }
  });

  it('is none where the other end saw nothing, or saw the machine in a network of both', () => {
    for (const seenThere of ['none', 'elsewhere', undefined] as const) {
      expect(judgedAfter([{ seenThere }], kept)).toEqual(judged(kept));
    }
  });

  it('is whether it lets in ports that nothing was sent to, and others at the port that a router sees', () => {
    expect(judgedAfter([{ seen: 'as known' }], kept)).toMatchObject({ admits: false, reached: false });
    expect(judgedAfter([{ seen: 'another port' }], kept)).toMatchObject({ admits: true, reached: false });
    expect(judgedAfter([{}, { reached: true }], kept)).toMatchObject({ admits: false, reached: true });
  });

  it('is that UDP leads to routers only, when an attempt that failed has no other reason and nobody was ever heard', () => {
    const unexplained = { unexplained: true };
    expect(judgedAfter([{}, unexplained], kept).isolated).toBe(true);
    expect(judgedAfter([{}], kept).isolated).toBe(false);
    expect(judgedAfter([unexplained], changed).isolated).toBe(false);
    expect(judgedAfter([unexplained], kept, [OTHER, '203.0.113.7:51820']).isolated).toBe(false);
    for (const heard of [{ seen: 'elsewhere' }, { reached: true }, { seenThere: 'as known' }] as const) {
      expect(judgedAfter([unexplained, heard], kept).isolated).toBe(false);
    }
  });
});
