/**
 * The client's end of the control socket: one connection, typed calls one after the other, and every way in which it
 * can fail as an error for people. Which socket to connect to is decided in `sockets.ts`; what the results mean, in
 * the commands.
 */
import { connect, type Socket } from 'node:net';
import type { ControlApi, ControlError, Method } from '../core/control-api.js';
import { exitStatusOf, UserError, type ExitStatus } from '../core/errors.js';

/**
 * A line longer than this is no answer of an agent: ten thousand peers take a few MiB. In bytes.
 */
const LONGEST_LINE = 16 * 1024 * 1024;

/** An agent answers from memory, in milliseconds; a loaded machine may take a thousand times as long. */
const PATIENCE_MS = 5000;

/** The agent's own error. Its code survives as it is, also one that this version does not know. */
export class AgentError extends Error {
  readonly code: string;
  readonly help: string;
  readonly exit: ExitStatus;

  constructor(error: ControlError) {
    super(error.message);
    this.name = 'AgentError';
    this.code = error.code;
    this.help = error.help ?? '';
    this.exit = exitStatusOf(error.code);
  }
}

export interface CallOptions<Name extends Method> {
  readonly onProgress?: (progress: ControlApi[Name]['progress']) => void;
  /** Milliseconds without a line from the agent after which it is given up: what the method may take, and some more. */
  readonly patienceMs?: number;
}

interface Pending {
  readonly id: number;
  readonly onProgress: (progress: unknown) => void;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class AgentClient {
  readonly interfaceName: string;
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #buffered = 0;
  #lastId = 0;
  #pending: Pending | undefined;
  /** What the agent said before it was asked: that it has too many clients, for instance. */
  #refusal: AgentError | undefined;

  /** Rejects with `no-agent` when nobody listens there, and with `socket-permission` when we may not ask. */
  static open(path: string, interfaceName: string): Promise<AgentClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('connect', () => {
        socket.removeAllListeners('error');
        resolve(new AgentClient(socket, interfaceName));
      });
      socket.once('error', (error: NodeJS.ErrnoException) => {
        reject(unreachable(error, path, interfaceName));
      });
    });
  }

  private constructor(socket: Socket, interfaceName: string) {
    this.#socket = socket;
    this.interfaceName = interfaceName;
    socket.on('data', (chunk: Buffer) => {
      this.#receive(chunk);
    });
    // 'close' follows an error; both mean the same to a caller that waits.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#fail(new UserError('agent-gone', { interface: this.interfaceName }));
    });
  }

  /**
   * Asks and waits for the result. Calls do not overlap: the commands have no use for it.
   * Rejects with `AgentError` when the agent refuses, else with a `UserError`.
   */
  call<Name extends Method>(
    method: Name,
    params: ControlApi[Name]['params'],
    { onProgress = () => undefined, patienceMs = PATIENCE_MS }: CallOptions<Name> = {},
  ): Promise<ControlApi[Name]['result']> {
    const id = ++this.#lastId;
    return new Promise<ControlApi[Name]['result']>((resolve, reject) => {
      if (this.#pending !== undefined) throw new Error('a call is still under way on this connection');
      if (this.#refusal !== undefined) throw this.#refusal;
      if (this.#socket.destroyed) throw new UserError('agent-gone', { interface: this.interfaceName });
      // Both ends are typed by the same ControlApi; what an agent of another version answers is shown as it is.
      this.#pending = { id, onProgress, resolve, reject } as Pending;
      this.#socket.setTimeout(patienceMs, () => {
        const seconds = String(patienceMs / 1000);
        this.#fail(new UserError('agent-slow', { interface: this.interfaceName, seconds }));
        this.close();
      });
      this.#socket.write(`${JSON.stringify({ id, method, params })}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      const line = Buffer.concat([...this.#chunks, rest.subarray(0, end)]).toString('utf8');
      this.#chunks = [];
      this.#buffered = 0;
      rest = rest.subarray(end + 1);
      if (line.trim() !== '') this.#answer(line);
    }
    this.#chunks.push(rest);
    this.#buffered += rest.length;
    if (this.#buffered > LONGEST_LINE) this.#garbled();
  }

  #answer(line: string): void {
    const reply = parseReply(line);
    if (reply === undefined) {
      this.#garbled();
      return;
    }
    const pending = this.#pending;
    if (reply.error !== undefined) {
      // One without our id is about the connection: too many clients, or a request that was not understood.
      if (pending === undefined) this.#refusal = new AgentError(reply.error);
      else this.#fail(new AgentError(reply.error));
    } else if (pending === undefined || reply.id !== pending.id) {
      this.#garbled();
    } else if (reply.progress !== undefined) {
      pending.onProgress(reply.progress);
    } else {
      this.#settle();
      pending.resolve(reply.result);
    }
  }

  #garbled(): void {
    this.#fail(new UserError('agent-garbled', { interface: this.interfaceName }));
    this.close();
  }

  #fail(error: Error): void {
    const pending = this.#pending;
    this.#settle();
    pending?.reject(error);
  }

  #settle(): void {
    this.#pending = undefined;
    this.#socket.setTimeout(0);
  }
}

interface Reply {
  readonly id: unknown;
  readonly progress?: unknown;
  readonly result?: unknown;
  readonly error?: ControlError;
}

/** `undefined` for a line that has none of the three forms of an answer. */
function parseReply(line: string): Reply | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('id' in value)) return undefined;
  if ('error' in value) return isControlError(value.error) ? { id: value.id, error: value.error } : undefined;
  if ('result' in value) return { id: value.id, result: value.result };
  return 'progress' in value ? { id: value.id, progress: value.progress } : undefined;
}

function isControlError(value: unknown): value is ControlError {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('message' in value)) return false;
  if ('help' in value && typeof value.help !== 'string') return false;
  return typeof value.code === 'string' && typeof value.message === 'string';
}

function unreachable(error: NodeJS.ErrnoException, path: string, interfaceName: string): Error {
  const code = error.code ?? '';
  // Never started; died and left its socket; not even the directory is one.
  if (['ENOENT', 'ECONNREFUSED', 'ENOTDIR'].includes(code))
    return new UserError('no-agent', { interface: interfaceName });
  if (['EACCES', 'EPERM'].includes(code)) return new UserError('socket-permission', { path });
  return error;
}
