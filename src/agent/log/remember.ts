/** What of the log is worth remembering for `wirelink events`, and how it reads there. */
import type { EventView } from '../../core/happenings.js';
import type { Notice } from '../../core/notices.js';
import { shortKey, type PublicKey } from '../../core/values/key.js';
import type { Happened, History } from '../history.js';
import type { Log, Told } from '../log.js';
import { AGENT_TEXTS, pathText } from './texts.js';

type NameOf = (peer: PublicKey) => string | undefined;

/** A log that also remembers. */
export function remembering(log: Log, history: History, nameOf: NameOf): Log {
  const warn = (code: string, text: string): void => {
    history.add({ type: 'warning', code, text });
  };
  return {
    ...log,
    error: (text) => {
      log.error(text);
      warn('internal', text);
    },
    warn: (text) => {
      log.warn(text);
      warn('log', text);
    },
    notice: (told) => {
      log.notice(told);
      const happened = happenedIn(told, history, nameOf);
      if (happened !== undefined) history.add(happened);
    },
  };
}

function happenedIn(told: Told, history: History, nameOf: NameOf): Happened | undefined {
  const call = (key: PublicKey): string => nameOf(key) ?? shortKey(key);
  switch (told.type) {
    case 'path':
      return newPath(told, history, nameOf, call);
    case 'agent':
      return { type: 'agent', ...whom(told.peer, nameOf), code: told.what, text: AGENT_TEXTS[told.what] };
    case 'refused': {
      const about = told.source === told.subject ? 'itself' : call(told.subject);
      const text = `what it says about ${about}: ${told.reason}`;
      return { type: 'refused', ...whom(told.source, nameOf), code: told.code, text };
    }
    case 'warning':
      return { type: 'warning', code: told.code, text: told.message };
    case 'reload':
      return { type: 'reload', code: told.outcome, text: told.message };
    case 'attempt':
    case 'probe-reply':
      return undefined;
  }
}

/** An attempt in between, after which all is as it was, is no event: it comes again and again. */
function newPath(
  { peer, path, was, endpoint, via, cause }: Extract<Notice, { type: 'path' }>,
  history: History,
  nameOf: NameOf,
  call: (key: PublicKey) => string,
): Happened | undefined {
  if (path === 'connecting') return undefined;
  const before = history.last((event) => event.type === 'path' && event.peer === peer);
  const former = before?.path ?? (was === 'connecting' ? undefined : was);
  const happened: Happened = {
    type: 'path',
    ...whom(peer, nameOf),
    text: pathText({ path, endpoint, via, cause }, call),
    path,
    ...(former !== undefined && { was: former }),
    ...(endpoint !== undefined && { endpoint }),
    ...(via !== undefined && { via }),
    ...(cause !== undefined && { code: cause.code }),
  };
  return before !== undefined && stampOf(before) === stampOf(happened) ? undefined : happened;
}

/** Where routers see a relayed peer may change at any time, and is no other path. */
const stampOf = ({ path, code, via, endpoint }: Pick<EventView, 'path' | 'code' | 'via' | 'endpoint'>): string =>
  JSON.stringify(path === 'direct' ? [path, endpoint] : [path, code, via]);

function whom(peer: PublicKey, nameOf: NameOf): Pick<EventView, 'peer' | 'name'> {
  const name = nameOf(peer);
  return { peer, ...(name !== undefined && { name }) };
}
