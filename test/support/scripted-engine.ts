/** An engine that decides nothing: it writes down what it is told, and answers what the test put there for it. */
import type { EngineContract } from '../../src/core/contract.js';
import type { Action, Event } from '../../src/core/events.js';
import { linkLocal, type PublicKey } from '../../src/core/values/key.js';
import type { Instant } from '../../src/core/values/time.js';
import type { ClaimView, PeerView, SelfView } from '../../src/core/views.js';
import { testKey } from './keys.js';

export class ScriptedEngine implements EngineContract {
  readonly events: Event[] = [];
  /** What to answer to an event; nothing unless the test says so. */
  answer: (event: Event) => readonly Action[] = () => [];
  wake: { at: Instant; why: string } | undefined;
  claims: readonly ClaimView[] = [];
  known: PeerView[] = [];
  #arrival: () => void = () => undefined;

  handle(event: Event): readonly Action[] {
    this.events.push(event);
    if (event.type === 'wake') this.wake = undefined;
    const actions = this.answer(event);
    this.#arrival();
    return actions;
  }

  /** The first event of that type that came or comes, and fits. */
  async told<Type extends Event['type']>(
    type: Type,
    fits: (event: Extract<Event, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<Event, { type: Type }>> {
    for (;;) {
      const found = this.ofType(type).find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.#arrival = resolve));
    }
  }

  ofType<Type extends Event['type']>(type: Type): Extract<Event, { type: Type }>[] {
    return this.events.filter((event): event is Extract<Event, { type: Type }> => event.type === type);
  }

  wakeAt(): { at: Instant; why: string } | undefined {
    return this.wake;
  }

  self(): SelfView {
    const publicKey = testKey(255);
    return {
      publicKey,
      linkLocal: linkLocal(publicKey),
      listenPort: 51820,
      port: 51821,
      routers: [],
      warnings: [],
      candidates: [],
      observed: [],
      nat: { verdict: 'unknown', certain: false, text: 'nobody has seen us yet' },
    };
  }

  peers(): readonly PeerView[] {
    return this.known;
  }

  facts(_now: unknown, rejected: boolean): readonly ClaimView[] {
    return this.claims.filter((claim) => (claim.rejected !== undefined) === rejected);
  }
}

/** A relayed peer with an agent; the test changes what matters to it. */
export function peerView(publicKey: PublicKey, changes: Partial<PeerView> = {}): PeerView {
  return {
    publicKey,
    linkLocal: linkLocal(publicKey),
    path: 'relayed',
    router: false,
    agent: true,
    configured: false,
    allowedIps: [],
    candidates: [],
    ...changes,
  };
}
