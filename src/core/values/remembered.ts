/**
 * Remembers what a function of its argument alone has answered. Addresses and prefixes are texts, and the same few
 * thousand are looked at with every event: taking them apart each time would be most of an agent's work.
 */

/** Far more than one interface meets; beyond it, answers are worked out anew. Ten megabytes at most. */
export const MOST_REMEMBERED = 32768;

export function remembered<Argument, Answer>(work: (argument: Argument) => Answer): (argument: Argument) => Answer {
  const known = new Map<Argument, Answer>();
  return (argument) => {
    const before = known.get(argument);
    if (before !== undefined) return before;
    const answer = work(argument);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(argument, answer);
    return answer;
  };
}
