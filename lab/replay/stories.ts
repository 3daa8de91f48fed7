/**
 * What two runs of one scenario must have in common: for each pair of machines, what one end's agent went through with
 * the other, in order. Left out is what only time decides: how often an attempt is made in vain, and in which order
 * the candidates answer.
 */
import type { Notice } from '../../src/core/notices.js';

/**
 * `session`, `contact` and `active` are those of an attempt that succeeded; `in-vain` is any number of others in a row;
 * `lost` is the end of a direct path; `gone` the other agent's goodbye.
 */
export type Milestone = 'session' | 'contact' | 'active' | 'in-vain' | 'lost' | 'gone';

export interface Told {
  /** Milliseconds of the run's own clock. */
  readonly at: number;
  readonly notice: Notice;
}

export interface Passed {
  readonly at: number;
  readonly milestone: Milestone;
}

/** What one end tells of the peer with that key. */
export function storyOf(told: readonly Told[], peer: string): readonly Passed[] {
  const story: Passed[] = [];
  let attempt: Passed[] = [];
  let direct = false;
  for (const { at, notice } of told) {
    if (!('peer' in notice) || notice.peer !== peer) continue;
    if (notice.type === 'agent' && notice.what === 'stopped') story.push({ at, milestone: 'gone' });
    if (notice.type === 'path' && direct && notice.path !== 'direct') {
      story.push({ at, milestone: 'lost' });
      direct = false;
    }
    if (notice.type !== 'attempt') continue;
    const { what } = notice.step;
    if (what === 'session' || what === 'contact') attempt.push({ at, milestone: what });
    if (what === 'invited' || what === 'accepted') attempt = [];
    if (what === 'direct') {
      story.push(...attempt, { at, milestone: 'active' });
      direct = true;
    }
    if (what === 'failed') inVain(story, at);
    if (what === 'direct' || what === 'failed') attempt = [];
  }
  return story;
}

function inVain(story: Passed[], at: number): void {
  if (story.at(-1)?.milestone !== 'in-vain') story.push({ at, milestone: 'in-vain' });
}

/**
 * The order of milestones. Where the pair was direct at some time, attempts in vain are left out: whether one falls
 * between the loss of a path and its healing is a matter of seconds.
 */
export function milestones(story: readonly Passed[]): readonly Milestone[] {
  const all = story.map(({ milestone }) => milestone);
  return all.includes('active') ? all.filter((milestone) => milestone !== 'in-vain') : all;
}

/**
 * What the protocol promises across the two ends, whatever the speed of either: nobody moves before both have contact.
 * Answers each breach in a sentence.
 */
export function breaches(one: readonly Passed[], other: readonly Passed[]): readonly string[] {
  const times = (story: readonly Passed[], what: Milestone): number[] =>
    story.flatMap(({ at, milestone }) => (milestone === what ? [at] : []));
  const contacts = [times(one, 'contact'), times(other, 'contact')] as const;
  return [times(one, 'active'), times(other, 'active')].flatMap((moves) =>
    moves.flatMap((at, round) =>
      contacts.some((each) => (each[round] ?? Infinity) > at) ? [`moved at ${at} before both had contact`] : [],
    ),
  );
}
