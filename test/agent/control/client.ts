/** The other end of the control socket, without any of the agent's code. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

export class TestClient {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  readonly #replies: AsyncIterator<string>;

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = once(socket, 'close');
    this.#replies = createInterface(socket)[Symbol.asyncIterator]();
    // The agent may close while something is being written; that it closed is what tests look at.
    socket.on('error', () => undefined);
  }

  send(message: object): void {
    this.socket.write(`${JSON.stringify(message)}\n`);
  }

  async ask(message: object): Promise<Record<string, unknown>> {
    this.send(message);
    return this.reply();
  }

  async reply(): Promise<Record<string, unknown>> {
    const next = await this.#replies.next();
    if (next.done === true) throw new Error('the agent closed the connection');
    return JSON.parse(next.value) as Record<string, unknown>;
  }

  close(): void {
    this.socket.destroy();
  }
}
