import { beforeEach, describe, expect, it } from 'vitest';
import { createLog, LOG_LEVELS, type Log, type LogOptions } from '../../src/agent/log.js';
import { endpoint as parsed } from '../support/expected.js';
import { shortKey } from '../../src/core/values/key.js';
import { testKey } from '../support/keys.js';

const hub = testKey(1);
const spoke = testKey(2);
const endpoint = parsed('192.0.2.7:51820');

let time: Date;
let lines: string[];
let log: Log;
beforeEach(() => {
  time = new Date('2026-11-23T09:08:07');
  lines = [];
  log = logWith();
});

describe('the log', () => {
  it('begins each line with the time of day, and names the peer', () => {
    log.notice({ type: 'path', peer: hub, path: 'direct', endpoint });
    expect(lines).toEqual(['09:08:07 hub: direct, at 192.0.2.7:51820\n']);
  });

  it('calls a peer without a name by the beginning of its key, and never prints more of it', () => {
    log.notice({ type: 'agent', peer: spoke, what: 'found' });
    expect(lines).toEqual([`09:08:07 ${shortKey(spoke)}: its agent is here\n`]);
  });

  it('says why a path is not direct', () => {
    const cause = { code: 'udp-blocked', text: 'no candidate answered' } as const;
    log.notice({ type: 'path', peer: spoke, path: 'relayed', via: hub, cause });
    expect(lines[0]).toContain('relayed through hub: no candidate answered');
  });

  it('escapes control characters in what peers say', () => {
    log.notice({ type: 'warning', code: 'x', message: 'name \x1b[2J\nroot' });
    expect(lines).toEqual(['09:08:07 warning: name \\u{1b}[2J\\u{a}root\n']);
  });

  it('keeps the steps of an attempt for those who debug', () => {
    const notice = { type: 'attempt', peer: hub, step: { what: 'candidate', endpoint, outcome: 'tried' } } as const;
    log.notice(notice);
    expect(lines).toEqual([]);
    logWith({ level: 'debug' }).notice(notice);
    expect(lines).toEqual(['09:08:07 debug: hub: candidate 192.0.2.7:51820: tried\n']);
  });

  it.each([
    ['error', 1],
    ['warn', 2],
    ['info', 3],
    ['debug', 4],
  ] as const)('writes at the level %s what matters as much, and no more', (level, count) => {
    const some = logWith({ level });
    for (const each of LOG_LEVELS) some[each](`of ${each}`);
    const leads = ['error: of error', 'warning: of warn', 'of info', 'debug: of debug'];
    expect(lines).toEqual(leads.slice(0, count).map((text) => `09:08:07 ${text}\n`));
  });

  it('is one JSON document a line for a program: when, how important, what it says, and the notice behind it', () => {
    const json = logWith({ format: 'json' });
    const notice = { type: 'warning', code: 'x', message: 'two\nlines \x1b[2J' } as const;
    json.notice(notice);
    json.info('stopping');
    expect(lines.join('')).not.toContain('\x1b');
    const [first = '', second = '', ...more] = lines.join('').split('\n');
    expect(more).toEqual(['']);
    expect(JSON.parse(first)).toEqual({ time: time.toISOString(), level: 'warn', message: notice.message, notice });
    expect(JSON.parse(second)).toEqual({ time: time.toISOString(), level: 'info', message: 'stopping' });
  });

  it('tells of ten refused claims in a row, then of one a minute with the count of the others', () => {
    for (let count = 0; count < 25; count++) refuse();
    expect(lines).toHaveLength(10);
    time = new Date(time.getTime() + 60_000);
    refuse();
    refuse();
    expect(lines).toHaveLength(11);
    expect(lines[10]).toContain('(and 15 other claims since the last such line)');
  });
});

const refuse = (): void => {
  log.notice({ type: 'refused', source: spoke, subject: hub, code: 'not-granted', reason: 'not granted' });
};

function logWith(different: Partial<LogOptions> = {}): Log {
  return createLog({
    write: (line) => {
      lines.push(line);
    },
    now: () => time,
    level: 'info',
    format: 'text',
    nameOf: (peer) => (peer === hub ? 'hub' : undefined),
    ...different,
  });
}
