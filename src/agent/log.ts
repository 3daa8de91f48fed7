/**
 * The agent's log: one line for each thing that changed, for a person to read. It knows which notices are worth a line
 * and how often; where the lines go is the caller's.
 */
import type { AttemptStep, Notice } from '../core/notices.js';
import { printable } from '../core/text.js';
import type { Cause } from '../core/views.js';
import { shortKey, type PublicKey } from '../core/values/key.js';

export interface Log {
  info(text: string): void;
  /** Something a person should look at. */
  warn(text: string): void;
  /** Only with WIRELINK_DEBUG set: what matters when wirelink itself is looked into. */
  debug(text: string): void;
  notice(notice: Notice): void;
}

export interface LogOptions {
  readonly write: (line: string) => void;
  /** The time of day a line begins with. */
  readonly now: () => Date;
  readonly debug: boolean;
  readonly nameOf: (peer: PublicKey) => string | undefined;
}

/** A peer that talks nonsense must not fill a disk: that many refusals in a row, then one a minute with a count. */
const REFUSALS_IN_A_ROW = 10;
const REFUSAL_PERIOD_MS = 60_000;

export function createLog({ write, now, debug, nameOf }: LogOptions): Log {
  const refusals = rateLimit(REFUSALS_IN_A_ROW, REFUSAL_PERIOD_MS);

  const line = (text: string): void => {
    write(`${now().toTimeString().slice(0, 8)} ${printable(text)}\n`);
  };
  const log: Log = {
    info: line,
    warn: (text) => {
      line(`warning: ${text}`);
    },
    debug: (text) => {
      if (debug) line(`debug: ${text}`);
    },
    notice,
  };
  return log;

  function name(peer: PublicKey): string {
    return nameOf(peer) ?? shortKey(peer);
  }

  function notice(notice: Notice): void {
    switch (notice.type) {
      case 'path':
        log.info(`${name(notice.peer)}: ${pathText(notice, name)}`);
        return;
      case 'agent':
        log.info(`${name(notice.peer)}: ${AGENT_TEXTS[notice.what]}`);
        return;
      case 'refused': {
        const before = refusals(now().getTime());
        if (before === undefined) return;
        const more = before > 0 ? ` (and ${before} other claims since the last such line)` : '';
        log.info(`refused what ${name(notice.source)} says about ${name(notice.subject)}: ${notice.reason}${more}`);
        return;
      }
      case 'warning':
        log.warn(notice.message);
        return;
      case 'attempt':
        if (debug) log.debug(`${name(notice.peer)}: ${stepText(notice.step, name)}`);
        return;
      case 'probe-reply':
        log.debug(`${name(notice.peer)}: probe ${notice.id} answered after ${notice.rttMs.toFixed(1)} ms`);
        return;
    }
  }
}

type Name = (peer: PublicKey) => string;

const AGENT_TEXTS = {
  found: 'its agent is here',
  restarted: 'its agent started anew',
  stopped: 'its agent has stopped',
  silent: 'its agent has fallen silent',
} as const;

function pathText({ path, endpoint, via, cause }: Extract<Notice, { type: 'path' }>, name: Name): string {
  const through = via === undefined ? '' : ` through ${name(via)}`;
  switch (path) {
    case 'direct':
      return endpoint === undefined ? 'direct' : `direct, at ${endpoint}`;
    case 'relayed':
      return `relayed${through}${because(cause)}`;
    case 'connecting':
      return `connecting, relayed${through} until then`;
    case 'offline':
      return `offline${because(cause)}`;
    case 'plain':
      return 'runs WireGuard only, no agent';
  }
}

const because = (cause: Cause | undefined): string => (cause === undefined ? '' : `: ${cause.text}`);

function stepText(step: AttemptStep, name: Name): string {
  switch (step.what) {
    case 'invited':
      return `invited through ${name(step.via)}`;
    case 'accepted':
      return `accepted its invitation through ${name(step.via)}`;
    case 'session':
      return step.through === 'router' ? 'session through the router' : 'session on the direct path';
    case 'candidate':
      return `candidate ${step.endpoint}: ${step.outcome}${step.reason === undefined ? '' : ` (${step.reason})`}`;
    case 'contact':
      return `contact at ${step.endpoint}, ${step.rttMs.toFixed(1)} ms`;
    case 'direct':
      return `direct at ${step.endpoint} after ${Math.round(step.tookMs)} ms`;
    case 'failed':
      return `failed${because(step.cause)}`;
  }
}

/**
 * Answers, for something that happens at `time` (milliseconds), how many were kept quiet since it was last told; or
 * `undefined` when this one is to be kept quiet, too.
 */
function rateLimit(inARow: number, periodMs: number): (time: number) => number | undefined {
  let left = inARow;
  let lastAt = -Infinity;
  let quiet = 0;
  return (time) => {
    if (time - lastAt >= periodMs) left = quiet > 0 ? 1 : inARow;
    if (left === 0) {
      quiet++;
      return undefined;
    }
    left--;
    lastAt = time;
    const before = quiet;
    quiet = 0;
    return before;
  };
}
