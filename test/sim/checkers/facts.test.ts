/** The checkers of what agents hold for true, and of what they leave behind: each is shown what it is for. */
import { describe, expect, it } from 'vitest';
import type { EngineContract } from '../../../src/core/contract.js';
import type { ClaimView, PeerView } from '../../../src/core/views.js';
import { hostPrefix } from '../../../src/core/values/prefix.js';
import { linkLocal } from '../../../src/core/values/key.js';
import { onlyInContact, onlyWhatIsGranted } from '../../../src/sim/checkers/allowed-ips.js';
import { asBefore } from '../../../src/sim/checkers/as-before.js';
import { asExpected } from '../../../src/sim/checkers/expected.js';
import { boundedMemory, onlyAcceptedFacts } from '../../../src/sim/checkers/facts.js';
import { star, Watch, type Checker, type World } from '../../../src/sim/index.js';
import { peerView } from '../../support/scripted-engine.js';
import { scripted } from '../engines.js';
import { direct, full, prefix, set, throughHub } from '../wireguard/pair.js';

describe('the checker of facts', () => {
  it('has nothing against what the subject or the hub says', () => {
    const found = believing((world) => [
      claim(world, { subject: 's2', source: 's2' }),
      claim(world, { subject: 's2', source: 's2', via: 'hub' }),
      claim(world, { subject: 's2', source: 'hub' }),
      claim(world, { subject: 's1', source: 's2' }),
    ]);
    expect(found).toEqual([]);
  });

  it.each<[string, Told, string]>([
    ['the word of another spoke', { subject: 'hub', source: 's2' }, 'whose source does not count'],
    ['what a spoke passed on', { subject: 'hub', source: 'hub', via: 's2' }, 'whose source does not count'],
    ['what the hub heard of a third one', { subject: 's3', source: 'hub', via: 's2' }, 'whose source does not count'],
    ['what has expired', { subject: 's2', source: 'hub', expiresInMs: 0 }, 'which has expired'],
  ])('finds %s', (_, told, what) => {
    const [found = ''] = believing((world) => [claim(world, told)]);
    expect(found).toContain(what);
  });
});

describe('the checker of memory', () => {
  it('finds more claims of one source about itself than are kept', () => {
    const many = (world: World): ClaimView[] =>
      Array.from({ length: 65 }, (_, port) => ({
        ...claim(world, { subject: 's2', source: 's2', via: 'hub' }),
        value: `192.0.2.1:${port + 1}`,
      }));
    expect(believing(many, boundedMemory)).toEqual(['s1 keeps 65 claims of s2 about itself']);
  });

  it('finds more peers than there are machines', () => {
    const peers = (world: World): PeerView[] => Array.from({ length: 6 }, () => peerView(world.key('s2')));
    expect(believing(() => [], boundedMemory, peers)).toContain('s1 keeps 6 peers');
  });
});

describe('the checker of grants', () => {
  it('has nothing against a peer’s own address, and finds another’s', () => {
    const world = throughHub([{}, {}, {}]);
    const found = watched(world, onlyWhatIsGranted('hub'));
    set(world, 's1', { allowedIps: full(world, 's2') });
    world.run(200);
    expect(found()).toEqual([]);
    set(world, 's1', { allowedIps: [...full(world, 's2'), prefix('10.9.0.4/32')] });
    world.run(200);
    expect(found()).toEqual(['s1: s2 has 10.9.0.4/32, which nobody grants it']);
  });
});

describe('the checker of contact', () => {
  it('finds addresses that were given without a session', () => {
    const world = star({ seed: 1, engine: () => scripted({}), spokes: [{}, {}] });
    const publicKey = world.key('s2');
    const allowedIps = [hostPrefix(linkLocal(publicKey)), prefix('10.9.0.3/32')];
    world.host('s1').device.configure({ kind: 'set', publicKey, allowedIps });
    const found = watched(world, onlyInContact(5_000));
    world.run(3_000);
    expect(found()).toEqual(['s1 gave s2 its addresses without a session']);
  });

  it('finds a peer that is not heard any more, and nothing while it is', () => {
    const world = direct([{}, {}]);
    const found = watched(world, onlyInContact(30_000));
    const stream = world.stream('s1', 's2', { perSecond: 1 });
    world.run(60_000);
    expect(found()).toEqual([]);
    stream.stop();
    world.cutDirect('s1', 's2');
    world.run(40_000);
    expect(found()).toContain('s1 has not heard from s2 for long');
  });
});

describe('the checker of interfaces without an agent', () => {
  it('finds what an agent left, after the guardian had its time', () => {
    const world = star({ seed: 1, engine: () => scripted({}), spokes: [{}, {}], started: false });
    const found = watched(world, asBefore());
    world.run(10_000);
    expect(found()).toEqual([]);
    world.host('s1').device.configure({ kind: 'set', publicKey: world.key('s2') });
    world.run(3_000);
    expect(found()).toEqual([]);
    world.run(1_000);
    expect(found()).toEqual(['s1 has left over s2  every 0 s']);
  });
});

describe('the checker of what a scenario says', () => {
  it('finds another path than the one it says', () => {
    const world = direct([{}, {}]);
    const begin = world.now;
    const found = watched(
      world,
      asExpected([
        { ms: begin + 1_000, between: ['s1', 's2'], path: 'direct' },
        { ms: begin + 2_000, between: ['s1', 's2'], path: 'relayed' },
      ]),
    );
    world.run(4_000);
    expect(found()).toEqual([`s1 and s2 should be relayed at ${begin + 2_000} ms and are direct`]);
  });
});

type Told = Partial<Pick<ClaimView, 'expiresInMs'>> & Readonly<Record<'subject' | 'source', string>> & { via?: string };

function claim(world: World, { subject, source, via, expiresInMs = 1_000 }: Told): ClaimView {
  return {
    subject: world.key(subject),
    attribute: 'endpoint',
    value: '192.0.2.1:51820',
    source: world.key(source),
    ...(via === undefined ? {} : { via: world.key(via) }),
    expiresInMs,
  };
}

/** What the checker finds when the agent of s1 alone runs and shows these claims and peers. */
function believing(
  claims: (world: World) => readonly ClaimView[],
  checker: Checker = onlyAcceptedFacts('hub'),
  peers: (world: World) => readonly PeerView[] = (world) => [{ ...peerView(world.key('hub')), router: true }],
): readonly string[] {
  const world: World = star({
    seed: 1,
    engine: (): EngineContract => ({
      ...scripted({}),
      facts: (_, rejected) => (rejected ? [] : claims(world)),
      peers: () => peers(world),
    }),
    spokes: [{}, {}, {}],
    started: false,
  });
  world.startAgent('s1');
  const found = watched(world, checker);
  world.run(12_000);
  return found();
}

function watched(world: World, checker: Checker): () => readonly string[] {
  const watch = new Watch(world, [checker]);
  return () => watch.violations.map(({ what }) => what);
}
