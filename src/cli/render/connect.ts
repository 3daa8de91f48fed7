/** The text of `wirelink connect`: each step as it happens, then how it ended. */
import type { ConnectResult, ControlApi } from '../../core/control-api.js';
import type { AttemptStep } from '../../core/notices.js';
import { labelOf, type Labels } from './names.js';
import type { Screen } from './screen.js';
import { duration, wrap } from './text.js';

export type ConnectProgress = ControlApi['connect']['progress'];

/** One step with the time since the beginning, as `   12 ms  trying 192.0.2.1:51820`. */
export function renderStep({ atMs, step }: ConnectProgress, labels: Labels, screen: Screen): string {
  const lead = `${duration(atMs).padStart(7)}  `;
  return paintStep(step, wrap(stepText(step, labels), screen.width, lead), screen);
}

/** The same with the time since the step before, and what that time was spent on. */
export function renderVerbose(
  { atMs, step }: ConnectProgress,
  sinceMs: number,
  labels: Labels,
  screen: Screen,
): string {
  const lead = `${duration(atMs).padStart(7)}  ${`+${duration(sinceMs)}`.padStart(8)}  `;
  const waited = sinceMs >= WORTH_A_WORD_MS ? waitedFor(step) : undefined;
  const text = stepText(step, labels) + (waited === undefined ? '' : ` (waited for ${waited})`);
  return paintStep(step, wrap(text, screen.width, lead), screen);
}

/** Below this nothing was waited for: the machine did one thing after the other. */
const WORTH_A_WORD_MS = 1;

function waitedFor(step: AttemptStep): string | undefined {
  switch (step.what) {
    case 'invited':
      return undefined;
    case 'accepted':
      return 'its invitation, through the router';
    case 'session':
      return step.through === 'router' ? 'WireGuard’s handshake through the router' : 'WireGuard’s handshake';
    case 'candidate':
      return step.outcome === 'answered' ? 'its pong' : 'the turn of this candidate';
    case 'said':
      return step.by === 'peer' ? 'the other end' : 'the interface, or the time to say it';
    case 'contact':
      return 'the interface to be read';
    case 'direct':
      return 'the interface to take the addresses';
    case 'failed':
      return 'an answer that did not come';
  }
}

function stepText(step: AttemptStep, labels: Labels): string {
  switch (step.what) {
    case 'invited':
      return `asked the other end to begin, through ${labels(step.via)}`;
    case 'accepted':
      return `the other end asked us to begin, through ${labels(step.via)}`;
    case 'session':
      return step.through === 'router' ? 'WireGuard session, still through the router' : 'WireGuard session, directly';
    case 'candidate':
      return candidateText(step);
    case 'said':
      return `${step.by === 'us' ? 'we say' : 'it says'} ${step.message}${step.full === true ? ', of full size' : ''}`;
    case 'contact':
      return `contact over ${step.endpoint}, round trip ${duration(step.rttMs)}`;
    case 'direct':
      return `both ends send directly, over ${step.endpoint}`;
    case 'failed':
      return `no direct path: ${step.cause.text}`;
  }
}

function candidateText({ endpoint, outcome, reason }: Extract<AttemptStep, { what: 'candidate' }>): string {
  const why = reason === undefined ? '' : `: ${reason}`;
  switch (outcome) {
    case 'tried':
      return `trying ${endpoint}${why}`;
    case 'answered':
      return `${endpoint} answered${why}`;
    case 'no-answer':
      return `${endpoint} did not answer${why}`;
    case 'skipped':
      return `skipped ${endpoint}${why}`;
  }
}

function paintStep(step: AttemptStep, text: string, { paint }: Screen): string {
  if (step.what === 'direct') return paint.green(text);
  if (step.what === 'failed') return paint.yellow(text);
  const minor = step.what === 'said' || (step.what === 'candidate' && step.outcome !== 'answered');
  return minor ? paint.dim(text) : text;
}

export function renderOutcome(result: ConnectResult, screen: Screen): string {
  const peer = labelOf(result.peer.publicKey, result.peer.name);
  const over = result.endpoint === undefined ? '' : ` over ${result.endpoint}`;
  const why = result.cause === undefined ? '' : ` ${result.cause.text}`;
  const { paint, width } = screen;
  switch (result.outcome) {
    case 'direct':
      return paint.green(wrap(`${peer} is direct${over}, after ${duration(result.tookMs)}.`, width));
    case 'already-direct':
      return paint.green(wrap(`${peer} is direct already${over}.`, width));
    case 'begun':
      return wrap(`An attempt to connect to ${peer} has begun. Follow it with: wirelink peers`, width);
    case 'failed':
      return paint.yellow(wrap(`${peer} is not direct.${why}`, width));
    case 'timeout':
      return paint.yellow(wrap(`${peer} is not direct after ${duration(result.tookMs)}; it goes on.${why}`, width));
  }
}
