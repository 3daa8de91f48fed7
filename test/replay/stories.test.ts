/** What counts as the same run: differences that matter are seen, those of time alone are not. */
import { describe, expect, it } from 'vitest';
import { breaches, milestones, storyOf, type Milestone, type Told } from '../../lab/replay/stories.js';
import type { AttemptStep, Notice } from '../../src/core/notices.js';
import type { PathKind } from '../../src/core/views.js';
import { endpoint } from '../support/expected.js';
import { testKey } from '../support/keys.js';

const [HUB, PEER, THIRD] = [testKey(1), testKey(2), testKey(3)];
const AT = endpoint('192.0.2.1:51820');

const step = (it: AttemptStep): Notice => ({ type: 'attempt', peer: PEER, step: it });
const path = (kind: PathKind): Notice => ({ type: 'path', peer: PEER, path: kind });
const INVITED = step({ what: 'invited', via: HUB });
const SESSION = step({ what: 'session', through: 'router' });
const CONTACT = step({ what: 'contact', endpoint: AT, rttMs: 50 });
const DIRECT = [step({ what: 'direct', endpoint: AT, tookMs: 300 }), path('direct')];
const FAILED = step({ what: 'failed', cause: { code: 'waiting', text: '-' } });
const GOODBYE: Notice = { type: 'agent', peer: PEER, what: 'stopped' };

/** One a millisecond. */
const told = (...notices: readonly Notice[]): Told[] => notices.map((notice, at) => ({ at, notice }));
const story = (...notices: readonly Notice[]): readonly Milestone[] => milestones(storyOf(told(...notices), PEER));

describe('the story of one end', () => {
  it('has the steps of an attempt that succeeded, its end, and the other agent’s goodbye', () => {
    expect(story(INVITED, SESSION, CONTACT, ...DIRECT, path('relayed'), GOODBYE)).toEqual([
      ...['session', 'contact', 'active', 'lost', 'gone'],
    ]);
  });

  it('is the same however many attempts failed, before a path or between two', () => {
    const once = story(INVITED, SESSION, CONTACT, ...DIRECT, path('relayed'), INVITED, SESSION, CONTACT, ...DIRECT);
    const vain = [INVITED, SESSION, CONTACT, FAILED, INVITED, FAILED];
    expect(story(...vain, INVITED, SESSION, CONTACT, ...DIRECT, path('relayed'), ...vain, INVITED, SESSION, CONTACT, ...DIRECT)).toEqual(once); // prettier-ignore
    expect(once.filter((milestone) => milestone === 'active')).toHaveLength(2);
  });

  it('of a pair that was never direct says so once', () => {
    expect(story(INVITED, SESSION, FAILED, INVITED, FAILED)).toEqual(['in-vain']);
    expect(story(path('relayed'))).toEqual([]);
  });

  it('differs when a path is lost that the other run keeps, and when a step is left out', () => {
    const kept = story(INVITED, SESSION, CONTACT, ...DIRECT);
    expect(story(INVITED, SESSION, CONTACT, ...DIRECT, path('relayed'))).not.toEqual(kept);
    expect(story(INVITED, CONTACT, ...DIRECT)).not.toEqual(kept);
  });

  it('is of one peer alone', () => {
    expect(milestones(storyOf(told(INVITED, SESSION, CONTACT, ...DIRECT), THIRD))).toEqual([]);
  });
});

describe('the two ends together', () => {
  const end = (contactAt: number, activeAt: number) =>
    [
      { at: contactAt, milestone: 'contact' },
      { at: activeAt, milestone: 'active' },
    ] as const;

  it('keep the promise when both had contact before either moved', () => {
    expect(breaches(end(10, 40), end(20, 30))).toEqual([]);
  });

  it('break it when one moved before the other had contact, or the other never had it', () => {
    expect(breaches(end(10, 15), end(20, 30))).toHaveLength(1);
    expect(breaches(end(10, 15), [])).toHaveLength(1);
  });
});
