/** The text of `wirelink probe <peer>`: each reply as it comes, the summary, and what became of each candidate. */
import type { ProbeReply, ProbeResult } from '../../core/control-api.js';
import type { CandidateView } from '../../core/views.js';
import { labelOf } from './names.js';
import { PATH_WORDS } from './path.js';
import type { Screen } from './screen.js';
import { renderTable, type Column } from './table.js';
import { duration, wrap } from './text.js';

export function renderReply({ sequence, rttMs, path }: ProbeReply, { paint }: Screen): string {
  if (rttMs === undefined) return paint.yellow(`ping ${sequence}: no reply`);
  const how = path === 'direct' ? paint.green('direct') : paint.yellow(path ?? 'by an unknown path');
  return `ping ${sequence}: reply ${how}, ${duration(rttMs)}`;
}

export function renderProbe(result: ProbeResult, screen: Screen): string {
  const parts = [renderSummary(result, screen), renderCandidates(result.candidates, screen)];
  return parts.filter((part) => part !== '').join('\n\n');
}

function renderSummary({ peer, name, sent, received, rttMs, path, cause }: ProbeResult, screen: Screen): string {
  const lost = sent === 0 ? 0 : Math.round((100 * (sent - received)) / sent);
  const lines = [`${labelOf(peer, name)}: ${sent} sent, ${received} received, ${lost} % lost`];
  if (rttMs !== undefined) {
    const times = [rttMs.min, rttMs.median, rttMs.max].map(duration).join(' / ');
    lines.push(`round trip min / median / max: ${times}`);
  }
  lines.push(wrap(`path: ${PATH_WORDS[path]}${cause === undefined ? '' : `. ${cause.text}`}`, screen.width));
  return lines.join('\n');
}

function renderCandidates(candidates: readonly CandidateView[], screen: Screen): string {
  if (candidates.length === 0) return 'No candidates: nobody has told where this peer may be reached.';
  const columns: readonly Column<CandidateView>[] = [
    { head: 'CANDIDATE', cell: ({ endpoint }) => endpoint, flexible: true },
    { head: 'KIND', cell: ({ kind }) => kind },
    { head: 'OUTCOME', cell: ({ outcome }) => OUTCOMES[outcome] },
  ];
  const why = ({ reason }: CandidateView): string => (reason === undefined ? '' : wrap(reason, screen.width - 2));
  return renderTable(candidates, columns, screen, why);
}

const OUTCOMES: Readonly<Record<CandidateView['outcome'], string>> = {
  untried: 'not tried yet',
  tried: 'tried, waiting for an answer',
  answered: 'answered',
  'no-answer': 'no answer',
  skipped: 'skipped',
};
