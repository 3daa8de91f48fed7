/**
 * A tunnel socket in a process of its own, because a process is in one network namespace only. Takes a command in each
 * line of stdin, and writes what happens as lines of JSON.
 */
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';
import { openTunnelSocket } from '../../../src/agent/tunnel-socket.js';
import type { TunnelSocket } from '../../../src/agent/ports.js';
import { UserError } from '../../../src/core/errors.js';
import { address } from '../../support/expected.js';

const [interfaceName = '', own = '', port = ''] = process.argv.slice(2);

const tell = (what: object): boolean => process.stdout.write(`${JSON.stringify(what)}\n`);

let socket: TunnelSocket | undefined;

async function open(): Promise<void> {
  try {
    socket = await openTunnelSocket({
      interface: interfaceName,
      address: address(own),
      port: Number(port),
      onDatagram: (from, bytes) =>
        tell({ from, text: bytes.length > 100 ? bytes.length : Buffer.from(bytes).toString() }),
      onError: (error) => tell({ error: error.message }),
    });
    tell({ opened: true });
  } catch (error) {
    tell({ opened: false, code: error instanceof UserError ? error.code : String(error) });
  }
}

/** As some other program of this machine could. */
function sendFromAnotherPort(to: string, text: string): void {
  const stray = createSocket('udp6');
  stray.send(text, Number(port), `${to}%${interfaceName}`, () => {
    stray.close();
    tell({ strayed: true });
  });
}

for await (const command of createInterface({ input: process.stdin })) {
  const [verb, to = '', text = ''] = command.split(' ');
  if (verb === 'open') await open();
  if (verb === 'close') socket?.close();
  if (verb === 'send') socket?.send(address(to), Buffer.from(text));
  if (verb === 'send-long') socket?.send(address(to), new Uint8Array(Number(text)));
  if (verb === 'send-stray') sendFromAnotherPort(to, text);
  if (verb === 'unsent') tell({ unsent: socket?.unsent });
}
