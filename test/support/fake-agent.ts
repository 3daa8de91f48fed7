/** The agent's end of the control socket with made-up answers, in a directory of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlApi, ControlError, ControlRequest, Method } from '../../src/core/control-api.js';

export type Answers = {
  readonly [Name in Method]?: (
    params: ControlApi[Name]['params'],
    progress: (progress: ControlApi[Name]['progress']) => void,
  ) => ControlApi[Name]['result'];
};

export interface FakeAgent {
  /** For WIRELINK_RUN_DIR. */
  readonly directory: string;
  /** What clients asked, in their order. */
  readonly requests: readonly ControlRequest[];
  /** Removes the socket, and the directory with it. */
  close(): Promise<void>;
}

/** Thrown by an answer to refuse the request. */
export class Refusal extends Error {
  readonly error: ControlError;

  constructor(error: ControlError) {
    super(error.message);
    this.error = error;
  }
}

/** Answers each request by the table. A method that is not in it is refused as the real agent would refuse it. */
export function fakeAgent(answers: Answers, interfaceName = 'wg0', directory?: string): Promise<FakeAgent> {
  const requests: ControlRequest[] = [];
  const onLine = (line: string, socket: Socket): void => {
    const request = JSON.parse(line) as ControlRequest;
    requests.push(request);
    const send = (message: object): boolean => socket.write(`${JSON.stringify({ id: request.id, ...message })}\n`);
    const answer = answers[request.method] as
      ((params: unknown, progress: (progress: unknown) => void) => unknown) | undefined;
    try {
      if (answer === undefined) throw new Refusal({ code: 'bad-request', message: `no method ${request.method}` });
      send({ result: answer(request.params, (progress) => send({ progress })) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send({ error: error.error });
    }
  };
  return rawAgent(onLine, requests, interfaceName, directory);
}

/** For agents that misbehave: gets each line and the socket to do with as it likes. */
export async function rawAgent(
  onLine: (line: string, socket: Socket) => void,
  requests: readonly ControlRequest[] = [],
  interfaceName = 'wg0',
  directory?: string,
): Promise<FakeAgent> {
  const place = directory ?? (await mkdtemp(join(tmpdir(), 'wirelink-test-')));
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.on('error', () => socket.destroy());
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) onLine(line, socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(join(place, `${interfaceName}.sock`), resolve);
  });
  return {
    directory: place,
    requests,
    close: async () => {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(place, { recursive: true, force: true });
    },
  };
}
