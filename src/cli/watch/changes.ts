/** What became different between two looks at the same list, for `--watch`. */

import type { ClaimView } from '../../core/views.js';

export interface Change<Item> {
  readonly what: 'added' | 'changed' | 'removed';
  /** As it is now; a removed one as it was. */
  readonly item: Item;
}

/** `idOf` tells which items of two looks are the same one. In the order of `after`, removed ones last. */
export function changesBetween<Item>(
  before: readonly Item[],
  after: readonly Item[],
  idOf: (item: Item) => string,
): readonly Change<Item>[] {
  const known = new Map(before.map((item) => [idOf(item), lasting(item)]));
  const still = new Set(after.map(idOf));
  return [
    ...after.flatMap((item): Change<Item>[] => {
      const was = known.get(idOf(item));
      if (was === undefined) return [{ what: 'added', item }];
      return was === lasting(item) ? [] : [{ what: 'changed', item }];
    }),
    ...before.filter((item) => !still.has(idOf(item))).map((item): Change<Item> => ({ what: 'removed', item })),
  ];
}

/** What makes a claim the same one at another look: all that is claimed, and by whom. */
export const claimId = ({ subject, attribute, value, source }: ClaimView): string =>
  [subject, attribute, source, value].join(' ');

/** Differs from one look to the next by itself: measurements, countdowns, and sentences that may tell one. */
const PASSING: ReadonlySet<string> = new Set([
  'rttMs',
  'lastContactMs',
  'rxBytes',
  'txBytes',
  'retryInMs',
  'expiresInMs',
  'text',
  // The progress of one attempt, which `connect` shows step by step.
  'candidates',
]);

const lasting = (item: unknown): string =>
  JSON.stringify(item, (key, value: unknown) => (PASSING.has(key) ? undefined : value));
