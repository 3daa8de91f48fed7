/**
 * Runs a world in which a pair cannot be direct, and asks both ends why, as a person would: with `peers` again and again,
 * and in the end with `connect`.
 */
import type { CauseCode, PeerView } from '../../core/views.js';
import type { EngineFactory } from '../agent/agent.js';
import { World } from '../world.js';
import type { Answer, CauseWorld } from './draw.js';

export interface Told {
  readonly answer: Answer;
  /** All codes that were told; `nothing` where no cause was, or the peer is not even known. */
  readonly codes: readonly (CauseCode | 'nothing')[];
  /** The first sentence that was not the truth, as a person read it. */
  readonly wrong: string | undefined;
}

/** Attempts come at other moments than this, so that none of them is always met in the middle. */
const ASK_EVERY_MS = 3_700;
const ASKED_FOR_MS = 150_000;
/** As `connect` waits unless told otherwise. */
const CONNECT_MS = 15_000;

export function askWhy(drawn: CauseWorld, engine: EngineFactory): readonly Told[] {
  const world = new World(drawn.scenario, { seed: drawn.seed, engine });
  if (drawn.narrow !== undefined) world.narrowDirect('s1', 's2', drawn.narrow);
  world.run(drawn.fromMs);
  const ends = drawn.answers.map((answer) => new Asked(answer));
  const until = world.now + ASKED_FOR_MS;
  while (world.now < until) {
    world.run(ASK_EVERY_MS);
    for (const end of ends) {
      const view = world.view(end.answer.at, end.answer.about);
      if (view?.path !== 'connecting') end.hear(view);
    }
  }
  for (const end of ends) {
    if (connect(world, end.answer)) end.hear(world.view(end.answer.at, end.answer.about));
  }
  return ends;
}

class Asked implements Told {
  readonly answer: Answer;
  wrong: string | undefined;
  readonly #codes = new Set<CauseCode | 'nothing'>();

  constructor(answer: Answer) {
    this.answer = answer;
  }

  get codes(): readonly (CauseCode | 'nothing')[] {
    return [...this.#codes];
  }

  hear(view: PeerView | undefined): void {
    const { code, text } = view?.cause ?? { code: 'nothing' as const, text: view?.path ?? 'not known' };
    const { code: truth, names } = this.answer;
    this.#codes.add(code);
    const blames = names === undefined || text.includes(`NAT ${names} `);
    if (code !== truth || !blames) this.wrong ??= text;
  }
}

/** Answers whether the attempt has just failed, as `connect` waits for it; a router is nobody to connect to. */
function connect(world: World, { at, about }: Answer): boolean {
  if (world.view(at, about)?.configured !== false) return false;
  const agent = world.agent(at);
  const before = agent.notices.length;
  agent.connect(world.key(about));
  const failed = (): boolean =>
    agent.notices.slice(before).some(({ notice }) => notice.type === 'attempt' && notice.step.what === 'failed');
  return world.runUntil(failed, CONNECT_MS) !== undefined;
}
