/** The text of `wirelink facts`: what is known, who said so, how long it holds; for a refused claim, why. */
import type { ControlApi } from '../../core/control-api.js';
import type { ClaimView } from '../../core/views.js';
import type { PublicKey } from '../../core/values/key.js';
import { claimId } from '../watch/changes.js';
import { labelOf } from './names.js';
import type { Screen } from './screen.js';
import { markColumn, renderTable, type Column } from './table.js';
import { age, wrap } from './text.js';

export type FactsReport = ControlApi['facts']['result'] & { readonly interface: string };

/** `marked` are the ids of claims to point out, as `claimId` has them; without it there is no column for that. */
export function renderFacts(
  { interface: name, facts, self }: FactsReport,
  rejected: boolean,
  screen: Screen,
  marked?: ReadonlySet<string>,
): string {
  const what = rejected ? 'refused claim' : 'fact';
  const count = facts.length === 1 ? `1 ${what}` : `${facts.length === 0 ? 'no' : facts.length} ${what}s`;
  const headline = `${name}: ${count}${facts.length === 0 ? '.' : ''}`;
  if (facts.length === 0) return headline;
  const names = namesOf(facts);
  const label = (key: PublicKey): string => (key === self ? 'this machine' : labelOf(key, names.get(key)));
  const columns: readonly Column<ClaimView>[] = [
    ...markColumn(marked, claimId, screen),
    { head: 'ABOUT', cell: ({ subject }) => label(subject), paint: (line) => screen.paint.bold(line), flexible: true },
    { head: 'ATTRIBUTE', cell: ({ attribute }) => attribute },
    { head: 'VALUE', cell: ({ value }) => value, flexible: true },
    { head: 'SAID BY', cell: (claim) => saidBy(claim, label), flexible: true },
    // What this machine sees itself holds until it sees something else.
    { head: 'HOLDS', cell: ({ expiresInMs }) => (expiresInMs === undefined ? 'while seen' : age(expiresInMs)) },
  ];
  const why = (claim: ClaimView): string =>
    claim.rejected === undefined ? '' : screen.paint.yellow(wrap(claim.rejected, screen.width - 2, 'refused: '));
  return `${headline}\n\n${renderTable(facts, columns, screen, why)}`;
}

function saidBy({ source, via }: ClaimView, label: (key: PublicKey) => string): string {
  return via === undefined ? label(source) : `${label(source)}, via ${label(via)}`;
}

function namesOf(facts: readonly ClaimView[]): ReadonlyMap<PublicKey, string> {
  const names = new Map<PublicKey, string>();
  for (const { subject, subjectName, source, sourceName } of facts) {
    if (subjectName !== undefined) names.set(subject, subjectName);
    if (sourceName !== undefined) names.set(source, sourceName);
  }
  return names;
}
