/**
 * What a hostile member runs (hostile.ts): our protocol from the agents' port, in bad faith. Prints `done` when it has
 * sent all it was told to send; what goes on meanwhile, it prints too, for whoever has to explain a failure.
 */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeFact, encodeFact } from '../src/core/facts/encoding.js';
import type { Fact } from '../src/core/facts/fact.js';
import { epochBoot, type Epoch } from '../src/core/protocol/epoch.js';
import type { Update } from '../src/core/protocol/feed.js';
import {
  decodeMessage,
  encodeMessage,
  PROTOCOL_VERSION,
  type Forward,
  type Message,
} from '../src/core/protocol/messages.js';
import { fromHex, toHex } from '../src/core/values/bytes.js';
import { parseEndpoint, type Endpoint } from '../src/core/values/endpoint.js';
import { keyFromBytes, linkLocal, type PublicKey } from '../src/core/values/key.js';
import { parsePrefix } from '../src/core/values/prefix.js';
import type { ClaimText, Orders } from './hostile.js';

const PORT = 51821;
const NOISE = 20_000;
const TOO_LONG = 300;
const MADE_UP = 100_000;
const FACTS_PER_UPDATE = 12;
/** As much as the line takes: more at once would be lost here already. */
const AT_ONCE = 32;
/** Longer than any allowance needs to have something left again. */
const REST_MS = 5000;
/** It is asked every second. */
const HUB_SILENT_MS = 2500;

type Setting = Orders & { readonly key: PublicKey; readonly hub: PublicKey; readonly interface: string };

const setting = JSON.parse(process.argv[2] ?? '') as Setting;
const boot = ('boot' in setting ? fromHex(setting.boot) : undefined) ?? randomBytes(16);
let hubBoot: Uint8Array = new Uint8Array(16);
let othersBoot: Uint8Array | undefined;
let feed = 0;
let sequence = 0;
let sent = 0;
let hubHeardAt = 0;

const socket = createSocket({ type: 'udp6', sendBufferSize: 4 << 20 });
socket.on('error', (error: NodeJS.ErrnoException) => {
  // An agent has the port; whoever let us loose is about to end it.
  if (error.code === 'EADDRINUSE') setTimeout(bind, 5);
});
socket.on('message', (bytes, { address }) => {
  if (address.startsWith(linkLocal(setting.hub))) hubHeardAt = performance.now();
  const message = decodeMessage(bytes);
  if (message?.kind === 'ping') {
    socket.send(encodeMessage({ ...message, kind: 'pong' }), PORT, address, () => undefined);
  } else if (message !== undefined) hear(message);
});
socket.on('listening', () => void main());
bind();

function bind(): void {
  socket.bind({ address: `${linkLocal(setting.key)}%${setting.interface}`, port: PORT });
}

async function main(): Promise<void> {
  greet();
  await sleep(500);
  switch (setting.do) {
    case 'flood':
      await flood();
      await sleep(REST_MS);
      // What was made up fills all the room there is for us: it has to go before anything else is heard.
      tell(update([], true, true));
      await sleep(500);
      claim(setting.claims);
      await sleep(500);
      break;
    case 'claim':
      claim(setting.claims);
      setInterval(renew, 20_000);
      return;
    case 'redirect':
      await redirect(setting);
      break;
    case 'cling':
      await cling(setting);
      break;
  }
  console.log('done');
  process.exit();
}

async function flood(): Promise<void> {
  for (let count = 0; count < NOISE; count++) await send(randomBytes(1 + (count % 200)));
  for (let count = 0; count < TOO_LONG; count++) await send(randomBytes(1400 + count * 200));
  for (let number = 0; number < MADE_UP; number += FACTS_PER_UPDATE) {
    const facts = Array.from({ length: FACTS_PER_UPDATE }, (_, at) => madeUp(number + at));
    // Half go on in a feed, half begin one: neither may cost more.
    await send(encodeMessage(update(facts, number % 24 === 0, false)));
    if (number % 1200 === 0) greet();
  }
  console.log(`sent ${sent}`);
}

/** Every 200 ms other ports, and every three seconds, as long as an attempt takes, a new invitation through the hub. */
async function redirect({ victim, other, listenPort }: Extract<Orders, { do: 'redirect' }>): Promise<void> {
  for (let round = 0; ; round++) {
    const facts = Array.from({ length: 8 }, (_, at): Fact => {
      const port = 10_000 + ((round * 8 + at) % 40_000);
      return { subject: setting.key, attribute: 'endpoint', value: endpoint(`${victim}:${port}`) };
    });
    await send(encodeMessage(update([alive(), ...facts], true, true)));
    if (othersBoot !== undefined && round % 15 === 0) {
      const epoch: Epoch = { leader: epochBoot(boot), follower: epochBoot(othersBoot), counter: round + 1 };
      pass(other, { kind: 'invite', epoch, method: 'nested', leaderFirst: round % 2 === 0, listenPort });
    }
    await sleep(200);
  }
}

/**
 * To the other, straight to it, ten times a second, as a neighbour that lives; and by the hub, once that answers no
 * more, as one that comes back.
 */
async function cling({ other, prefix }: Extract<Orders, { do: 'cling' }>): Promise<void> {
  for (let round = 1; ; round++) {
    const epoch: Epoch = { leader: epochBoot(boot), follower: epochBoot(othersBoot ?? boot), counter: round };
    const claims = [alive(), factOf({ prefix })];
    const straight: readonly Message[] = [
      {
        kind: 'hello',
        version: PROTOCOL_VERSION,
        router: true,
        ask: true,
        boot,
        yourBoot: othersBoot ?? new Uint8Array(16),
      },
      { kind: 'ping', token: round, direct: true, asSeen: false, padding: 0 },
      update(claims, round % 10 === 1, true),
    ];
    for (const message of straight) await send(encodeMessage(message), other);
    if (round % 10 === 0) greet();
    if (performance.now() - hubHeardAt > HUB_SILENT_MS)
      pass(other, { kind: 'invite', epoch, method: 'nested', leaderFirst: false, listenPort: 51820 });
    await sleep(100);
  }
}

function hear(message: Message): void {
  switch (message.kind) {
    case 'hello':
      hubBoot = Uint8Array.from(message.boot);
      // Of two ends that ask at every hello, none would ever stop.
      if (message.ask && setting.do !== 'cling') greet();
      return;
    case 'update':
      learn(message);
      tell({ kind: 'acknowledge', feed: message.feed, sequence: message.sequence });
      return;
    case 'forwarded':
      answer(message);
      return;
    case 'ping':
    case 'pong':
    case 'acknowledge':
    case 'renew':
    case 'forward':
    case 'invite':
    case 'accept':
    case 'prepare':
    case 'ready':
    case 'commit':
    case 'committed':
    case 'lost':
    case 'lost-seen':
    case 'goodbye':
    case 'goodbye-seen':
      return;
  }
}

/** The other's run, which an invitation has to name. */
function learn({ entries }: Update): void {
  if (!('other' in setting)) return;
  for (const { fact } of entries) {
    const decoded = decodeFact(fact);
    if ('problem' in decoded || decoded.fact.attribute !== 'alive' || decoded.fact.subject !== setting.other) continue;
    othersBoot = fromHex(decoded.fact.value);
  }
}

/** Whoever invites us is told to come. */
function answer({ peer, payload }: Forward): void {
  const message = decodeMessage(payload);
  const listenPort = setting.do === 'redirect' ? setting.listenPort : 0;
  if (message?.kind === 'invite') pass(peer, { ...message, kind: 'accept', listenPort });
  if (message?.kind === 'lost') pass(peer, { ...message, kind: 'lost-seen' });
}

function claim(claims: readonly ClaimText[]): void {
  tell(update([alive(), ...claims.map(factOf)], true, true));
}

function renew(): void {
  tell({ kind: 'renew', feed, sequence, stale: [] });
}

function factOf({ subject = setting.key, endpoint: at, prefix }: ClaimText): Fact {
  if (at !== undefined) return { subject, attribute: 'endpoint', value: endpoint(at) };
  const value = parsePrefix(prefix ?? '');
  if (value === undefined) throw new Error(`no prefix: ${prefix ?? ''}`);
  return { subject, attribute: 'allowed-ip', value };
}

const alive = (): Fact => ({ subject: setting.key, attribute: 'alive', value: toHex(boot) });

function madeUp(number: number): Fact {
  const raw = Buffer.alloc(32, 0xee);
  raw.writeUInt32BE(number);
  const subject = keyFromBytes(raw);
  if (subject === undefined) throw new Error('32 bytes are a key');
  return {
    subject,
    attribute: 'endpoint',
    value: endpoint(`203.0.113.${1 + (number % 250)}:${1 + (number % 60_000)}`),
  };
}

function endpoint(text: string): Endpoint {
  const value = parseEndpoint(text);
  if (value === undefined) throw new Error(`no endpoint: ${text}`);
  return value;
}

function update(facts: readonly Fact[], anew: boolean, complete: boolean): Update {
  if (anew) {
    feed = randomBytes(4).readUInt32BE();
    sequence = 0;
  }
  const entries = facts.map((fact) => ({ withdraw: false, source: undefined, fact: encodeFact(fact, 255) }));
  return { kind: 'update', feed, sequence: ++sequence, complete, entries };
}

function greet(): void {
  tell({ kind: 'hello', version: PROTOCOL_VERSION, router: true, ask: true, boot, yourBoot: hubBoot });
}

function pass(peer: PublicKey, message: Message): void {
  tell({ kind: 'forward', peer, payload: encodeMessage(message) });
}

function tell(message: Message): void {
  void send(encodeMessage(message));
}

async function send(bytes: Uint8Array, to = setting.hub): Promise<void> {
  socket.send(bytes, PORT, `${linkLocal(to)}%${setting.interface}`, () => undefined);
  if (++sent % AT_ONCE === 0) await sleep(1);
}
