/** A userspace WireGuard interface through its own socket: ten times cheaper than a process for each question. */
import { connect } from 'node:net';
import { UserError } from '../../core/errors.js';
import { systemClock } from '../clock.js';
import type { Device } from '../ports.js';
import { Translator } from './reading.js';
import { answeredErrno, GET_REQUEST, isBoringtun, isComplete, parseGet, setRequest } from './uapi.js';

const socketPath = (interfaceName: string): string => `/var/run/wireguard/${interfaceName}.sock`;

/** wireguard-go answers within a millisecond; one that takes this long is stopped or stuck. */
const TIMEOUT_MS = 5000;

/** A device of ten thousand peers with forty prefixes each still fits. */
const MAX_ANSWER = 32 * 1024 * 1024;

export function socketDevice(interfaceName: string, path = socketPath(interfaceName)): Device {
  const translator = new Translator();
  return {
    async read() {
      const asked = systemClock.now();
      const answer = await ask(interfaceName, path, GET_REQUEST);
      if (isBoringtun(answer)) throw new UserError('device-unsupported', { interface: interfaceName });
      const reading = parseGet(answer);
      if (reading === undefined) throw new UserError('no-private-key', { interface: interfaceName });
      return translator.translate(reading, asked, systemClock.now(), Date.now());
    },
    async apply(change) {
      await ask(interfaceName, path, setRequest(change));
    },
    /**
     * Gives each peer the endpoint it has. wireguard-go keeps with it the address that packets to the peer leave from, and
     * goes on with that when it is gone: it asks the kernel about its peers after a change of routes, but stops at the
     * first that no packet has come from yet, in an order of chance. Until it begins a handshake for silence, after 15 s,
     * nothing leaves.
     */
    async leaveAnew() {
      const peers = parseGet(await ask(interfaceName, path, GET_REQUEST))?.peers ?? [];
      const changes = peers.flatMap(({ publicKey, endpoint }) =>
        endpoint === undefined ? [] : [{ kind: 'set', publicKey, existing: true, endpoint } as const],
      );
      if (changes.length > 0) await ask(interfaceName, path, setRequest(...changes));
    },
    close() {
      // Each question is a connection of its own; nothing is held.
    },
  };
}

/** The answer to one request, its errno being 0. */
async function ask(interfaceName: string, path: string, request: string): Promise<string> {
  let answer: string;
  try {
    answer = await exchange(path, request);
  } catch (error) {
    throw meaningOf(error, interfaceName);
  }
  const errno = answeredErrno(answer);
  if (errno === 0) return answer;
  if (errno === EPERM || errno === EACCES) throw noPermission(interfaceName);
  throw new Error(errno === undefined ? 'the device answered nonsense' : `the device refused it (errno ${errno})`);
}

const EPERM = 1;
const EACCES = 13;

function exchange(path: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = connect(path);
    let answer = '';
    connection.setEncoding('latin1');
    connection.setTimeout(TIMEOUT_MS, () => connection.destroy(new Error('the device does not answer')));
    connection.on('connect', () => connection.write(request));
    connection.on('data', (chunk: string) => {
      answer += chunk;
      if (isComplete(answer)) connection.destroy();
      else if (answer.length > MAX_ANSWER) connection.destroy(new Error('the device answers without end'));
    });
    connection.on('error', reject);
    // After an error this comes too late to matter.
    connection.on('close', () => {
      if (isComplete(answer)) resolve(answer);
      else reject(new Error('the device closed the connection'));
    });
  });
}

function meaningOf(error: unknown, interfaceName: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new UserError('interface-missing', { interface: interfaceName });
    case 'EACCES':
    case 'EPERM':
      return noPermission(interfaceName);
    default:
      return error;
  }
}

const noPermission = (interfaceName: string): UserError =>
  new UserError('no-permission', { what: `the interface ${interfaceName}` });
