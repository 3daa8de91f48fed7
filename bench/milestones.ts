/** The steps from the start of two agents to a direct path, found in what the agents log with `--log-level debug`. */

/** A line of an agent's log; `at` in milliseconds. */
export interface Line {
  readonly at: number;
  readonly text: string;
}

export interface Milestone {
  readonly what: string;
  /** What a log says then; only the first such line of each agent counts. */
  readonly says: RegExp;
  /** Whether it is passed when one of the two agents has said so, or when both have. */
  readonly passed: 'by one' | 'by both';
}

/** In the order in which they usually are passed. What both ends pass counts when the later one has passed it. */
export const MILESTONES: readonly Milestone[] = [
  { what: 'both are ready', says: /: ready\./, passed: 'by both' },
  { what: 'both have heard the hub’s agent', says: /: its agent is here/, passed: 'by both' },
  { what: 'one has invited the other', says: /debug: .*: invited through/, passed: 'by one' },
  { what: 'the other has accepted', says: /debug: .*: accepted its invitation/, passed: 'by one' },
  { what: 'one has a session, and tries candidates', says: /debug: .*: session /, passed: 'by one' },
  { what: 'both have a session', says: /debug: .*: session /, passed: 'by both' },
  { what: 'one has contact', says: /debug: .*: contact at/, passed: 'by one' },
  { what: 'both have contact', says: /debug: .*: contact at/, passed: 'by both' },
  { what: 'both have moved', says: /debug: .*: direct at/, passed: 'by both' },
];

/** When each milestone was passed, in their order; infinite for those that were not. */
export function passings(logs: readonly (readonly Line[])[]): readonly number[] {
  return MILESTONES.map(({ says, passed }) => {
    const first = logs.map((log) => log.find(({ text }) => says.test(text))?.at ?? Infinity);
    return passed === 'by both' ? Math.max(...first) : Math.min(...first);
  });
}
