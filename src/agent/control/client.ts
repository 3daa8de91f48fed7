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
/** What may wait for a client that does not read before it gets no more: thousands of steps that it follows. */
const MOST_UNREAD_BYTES = 1024 * 1024;

/** Serves the client until either side closes. `onBug` is told of what handlers throw that is no `UserError`. */
export function serveClient(socket: Socket, handlers: Handlers, onBug: (error: unknown) => void): void {
  const gone = new AbortController();
  // Each ping of a probe that is under way listens; their number has its own limit.
  setMaxListeners(0, gone.signal);
  const cut = lineCutter();
  let inFlight = 0;
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
        reply({ id: reading.id, error: errorOf(new UserError('bad-request', { why: reading.why })) });
        return;
      case 'request':
        if (inFlight < MOST_IN_FLIGHT) void answer(reading.id, reading.request);
        else reply({ id: reading.id, error: errorOf(tooMany()) });
        return;
    }
  }

  async function answer(id: number, request: Request): Promise<void> {
    inFlight++;
    try {
      const result = await dispatch(handlers, request, {
        gone: gone.signal,
        progress: (progress: unknown) => {
          reply({ id, progress });
        },
      });
      reply({ id, result });
    } catch (error) {
      if (!(error instanceof UserError)) onBug(error);
      reply({ id, error: errorOf(error) });
    }
    inFlight--;
    endWhenIdle();
  }

  /** After garbage nobody knows where the next request begins. */
  function refuseAll(why: string): void {
    if (ending) return;
    ending = true;
    reply({ id: null, error: errorOf(new UserError('bad-request', { why })) });
    endWhenIdle();
  }

  function endWhenIdle(): void {
    if (ending && inFlight === 0) endNow(socket);
  }

  function reply(message: ControlReply): void {
    // What waits from before counts: one reply may be as long as it has to be.
    if (socket.writableLength > MOST_UNREAD_BYTES) socket.destroy();
    else if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
  }
}

/** Tells a client that there are too many of them, and closes. */
export function turnAway(socket: Socket, limit: string): void {
  const message: ControlReply = { id: null, error: errorOf(new UserError('agent-busy', { limit })) };
  socket.write(`${JSON.stringify(message)}\n`);
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
    case 'connect':
      return handlers.connect(request.params, call);
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
