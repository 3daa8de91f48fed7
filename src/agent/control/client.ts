/**
 * One connection of a client: requests in, replies out, within limits that keep a broken or greedy client from costing
 * the agent more than a bounded amount of memory.
 */
import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import type { ControlApi, ControlError, ControlReply, Method } from '../../core/control-api.js';
import { UserError } from '../../core/errors.js';
import { lineCutter, LONGEST_LINE } from './lines.js';
import { readRequest, type Request } from './requests.js';

/** What a handler has beside its parameters. */
export interface Call<Name extends Method> {
  readonly progress: (progress: ControlApi[Name]['progress']) => void;
  /** Aborted when the client is gone: nobody waits for the result any more. */
  readonly gone: AbortSignal;
}

export type Handlers = {
  readonly [Name in Method]: (
    params: ControlApi[Name]['params'],
    call: Call<Name>,
  ) => Promise<ControlApi[Name]['result']> | ControlApi[Name]['result'];
};

/** A command needs one; a program that follows several peers, a few. */
const MOST_IN_FLIGHT = 8;
/** Steps and errors that may wait for a client that does not read before it is dropped: thousands. Results are few. */
const MOST_UNREAD_BYTES = 1024 * 1024;
/** A client on the same machine takes megabytes in milliseconds; one that is stopped for so long will not read on. */
const UNREAD_PATIENCE_MS = 30_000;

export interface ClientOptions {
  /** Told of what handlers throw that is no `UserError`. */
  readonly onBug: (error: unknown) => void;
  /** Milliseconds after which a client that has not taken a result is dropped. */
  readonly unreadPatienceMs?: number;
}

/** Serves the client until either side closes. */
export function serveClient(
  socket: Socket,
  handlers: Handlers,
  { onBug, unreadPatienceMs = UNREAD_PATIENCE_MS }: ClientOptions,
): void {
  const gone = new AbortController();
  // Each ping of a probe that is under way listens; their number has its own limit.
  setMaxListeners(0, gone.signal);
  const cut = lineCutter();
  let inFlight = 0;
  let unread = 0;
  let ending = false;

  socket.on('data', (chunk) => {
    const lines = cut(chunk);
    if (lines === undefined) refuseAll(`a line is longer than ${LONGEST_LINE} bytes`);
    else lines.forEach(take);
  });
  // One that has sent all it wants to ask may still wait for the answers.
  socket.on('end', () => {
    ending = true;
    endWhenIdle();
  });
  socket.on('close', () => {
    gone.abort();
  });

  function take(line: string): void {
    if (ending) return;
    const reading = readRequest(line);
    switch (reading.kind) {
      case 'garbage':
        refuseAll(reading.why);
        return;
      case 'refused':
        tell({ id: reading.id, error: errorOf(new UserError('bad-request', { why: reading.why })) });
        return;
      case 'request':
        if (inFlight < MOST_IN_FLIGHT) void answer(reading.id, reading.request);
        else tell({ id: reading.id, error: errorOf(tooMany()) });
        return;
    }
  }

  async function answer(id: number, request: Request): Promise<void> {
    inFlight++;
    try {
      const result = await dispatch(handlers, request, {
        gone: gone.signal,
        progress: (progress: unknown) => {
          tell({ id, progress });
        },
      });
      // As long as it has to be. Under way until the client has taken it, so that few of them can wait at a time.
      await deliver({ id, result });
    } catch (error) {
      if (!(error instanceof UserError)) onBug(error);
      tell({ id, error: errorOf(error) });
    }
    inFlight--;
    endWhenIdle();
  }

  /** After garbage nobody knows where the next request begins. */
  function refuseAll(why: string): void {
    if (ending) return;
    ending = true;
    tell({ id: null, error: errorOf(new UserError('bad-request', { why })) });
    endWhenIdle();
  }

  function endWhenIdle(): void {
    if (ending && inFlight === 0) endNow(socket);
  }

  /** Resolves when the client has taken it, or is gone. */
  async function deliver(message: ControlReply): Promise<void> {
    const overdue = setTimeout(() => socket.destroy(), unreadPatienceMs);
    await new Promise<void>((taken) => {
      write(lineOf(message), taken);
    });
    clearTimeout(overdue);
  }

  /** Steps and errors, of which a client can have any number. */
  function tell(message: ControlReply): void {
    const line = lineOf(message);
    unread += line.length;
    if (unread > MOST_UNREAD_BYTES) socket.destroy();
    else write(line, () => (unread -= line.length));
  }

  function write(line: string, taken: () => void): void {
    if (socket.writable) socket.write(line, taken);
    else taken();
  }
}

const lineOf = (message: ControlReply): string => `${JSON.stringify(message)}\n`;

/** Tells a client that there are too many of them, and closes. */
export function turnAway(socket: Socket, limit: string): void {
  const message: ControlReply = { id: null, error: errorOf(new UserError('agent-busy', { limit })) };
  socket.write(lineOf(message));
  endNow(socket);
}

/** Once all is written; the other side's consent is not waited for. */
function endNow(socket: Socket): void {
  socket.end(() => socket.destroy());
}

const tooMany = (): UserError => new UserError('agent-busy', { limit: `${MOST_IN_FLIGHT} requests of one client` });

/** Written out, because only so the compiler sees that each handler gets its own parameters. */
function dispatch(handlers: Handlers, request: Request, call: Call<Method>): unknown {
  switch (request.method) {
    case 'status':
      return handlers.status(request.params, call);
    case 'facts':
      return handlers.facts(request.params, call);
    case 'peers':
      return handlers.peers(request.params, call);
    case 'events':
      return handlers.events(request.params, call);
    case 'connect':
      return handlers.connect(request.params, call);
    case 'reload':
      return handlers.reload(request.params, call);
    case 'probe':
      return handlers.probe(request.params, call);
  }
}

function errorOf(error: unknown): ControlError {
  const told =
    error instanceof UserError
      ? error
      : new UserError('internal', { message: error instanceof Error ? error.message : String(error) });
  return { code: told.code, message: told.message, ...(told.help === '' ? {} : { help: told.help }) };
}
