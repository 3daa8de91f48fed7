/**
 * The agent's log: one line for each thing that changed, as text for a person or as JSON for a program. It knows which
 * notices are worth a line, at which level, and how often; what they say is in log/texts.ts, where the lines go is the
 * caller's.
 */
import type { Notice } from '../core/notices.js';
import { printable, toJsonLine } from '../core/text.js';
import { shortKey, type PublicKey } from '../core/values/key.js';
import { AGENT_TEXTS, pathText, stepText } from './log/texts.js';

/** From what matters most to what matters only when wirelink itself is looked into. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** What the engine tells, and what the agent itself has to tell beside. */
export type Told = Notice | Reloaded;

/** The configuration was read again. A refused one has changed nothing. */
export interface Reloaded {
  readonly type: 'reload';
  readonly outcome: 'applied' | 'refused';
  readonly message: string;
}

export interface Log {
  /** A bug: what no person can mend but by reporting it. */
  error(text: string): void;
  /** Something a person should look at. */
  warn(text: string): void;
  info(text: string): void;
  debug(text: string): void;
  notice(told: Told): void;
}

export interface LogOptions {
  readonly write: (line: string) => void;
  /** The time a line begins with: of the day as text, of the world as JSON. */
  readonly now: () => Date;
  /** Nothing that matters less is written. */
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
  readonly nameOf: (peer: PublicKey) => string | undefined;
}

/** A peer that talks nonsense must not fill a disk: that many refusals in a row, then one a minute with a count. */
const REFUSALS_IN_A_ROW = 10;
const REFUSAL_PERIOD_MS = 60_000;

export function createLog({ write, now, level: most, format, nameOf }: LogOptions): Log {
  const refusals = rateLimit(REFUSALS_IN_A_ROW, REFUSAL_PERIOD_MS);

  return {
    error: (text) => {
      line('error', text);
    },
    warn: (text) => {
      line('warn', text);
    },
    info: (text) => {
      line('info', text);
    },
    debug: (text) => {
      line('debug', text);
    },
    notice,
  };

  function notice(notice: Told): void {
    switch (notice.type) {
      case 'path':
        line('info', `${name(notice.peer)}: ${pathText(notice, name)}`, notice);
        return;
      case 'agent':
        line('info', `${name(notice.peer)}: ${AGENT_TEXTS[notice.what]}`, notice);
        return;
      case 'refused': {
        const before = refusals(now().getTime());
        if (before === undefined) return;
        const more = before > 0 ? ` (and ${before} other claims since the last such line)` : '';
        const claim = `what ${name(notice.source)} says about ${name(notice.subject)}`;
        line('info', `refused ${claim}: ${notice.reason}${more}`, notice);
        return;
      }
      case 'warning':
        line('warn', notice.message, notice);
        return;
      case 'reload':
        for (const each of notice.message.split('\n'))
          line(notice.outcome === 'refused' ? 'warn' : 'info', each, notice);
        return;
      case 'attempt':
        if (written('debug')) line('debug', `${name(notice.peer)}: ${stepText(notice.step, name)}`, notice);
        return;
      case 'probe-reply': {
        const after = notice.rttMs.toFixed(1);
        line('debug', `${name(notice.peer)}: probe ${notice.id} answered after ${after} ms`, notice);
        return;
      }
    }
  }

  function line(level: LogLevel, message: string, notice?: Told): void {
    if (!written(level)) return;
    const time = now();
    if (format === 'json') write(`${toJsonLine({ time: time.toISOString(), level, message, notice })}\n`);
    else write(`${time.toTimeString().slice(0, 8)} ${LEADS[level]}${printable(message)}\n`);
  }

  function written(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(most);
  }

  function name(peer: PublicKey): string {
    return nameOf(peer) ?? shortKey(peer);
  }
}

const LEADS: Readonly<Record<LogLevel, string>> = { error: 'error: ', warn: 'warning: ', info: '', debug: 'debug: ' };

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
