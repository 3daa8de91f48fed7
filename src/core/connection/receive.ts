/** How a message about a connection reaches the state it is in. */
import type { Message } from '../protocol/messages.js';
import type { PublicKey } from '../values/key.js';
import { agreementArrived } from './agree.js';
import { accepted, invited } from './begin.js';
import { otherEndTests, pathPong } from './better.js';
import type { Connection } from './connection.js';
import { pingArrived, pongArrived } from './probe.js';
import { giveUp, lostSeen, otherEndGaveUp } from './retreat.js';
import type { Scene } from './scene.js';
import { sessionIsUp } from './session.js';

/** Passed on by a router. */
export function receiveThroughRouter(connection: Connection, message: Message, router: PublicKey, scene: Scene): void {
  if (message.kind === 'invite') invited(connection, message, router, scene);
  if (message.kind === 'accept') accepted(connection, message, scene);
  if (message.kind === 'lost') otherEndGaveUp(connection, message, router, scene);
  if (message.kind === 'lost-seen') lostSeen(connection, message, scene);
  if (message.kind === 'pong') connection.takePing(message.token);
}

/** From the peer itself. */
export function receiveFromPeer(connection: Connection, message: Message, scene: Scene): void {
  connection.heardAt = scene.now;
  switch (message.kind) {
    case 'ping':
      scene.sendDirect(connection, scene.pongTo(message));
      sessionIsUp(connection, scene);
      pingArrived(connection, message, scene);
      if (connection.state.name === 'active') otherEndTests(connection, scene);
      return;
    case 'pong': {
      const ping = connection.takePing(message.token);
      // One that does not know of the attempt yet answers as well; it cannot try candidates.
      if (connection.state.name === 'session') sessionIsUp(connection, scene);
      if (ping === undefined) return;
      const { state } = connection;
      if (state.name === 'active') pathPong(connection, state, message, ping, scene);
      else pongArrived(connection, message, ping, scene);
      return;
    }
    case 'prepare':
    case 'ready':
    case 'commit':
    case 'committed':
      agreementArrived(connection, message, scene);
      return;
    case 'goodbye':
      giveUp(connection, scene, { code: 'no-agent', text: 'Its agent was stopped. Start wirelink there.' }, 'quietly');
      return;
    case 'hello':
    case 'update':
    case 'acknowledge':
    case 'renew':
    case 'forward':
    case 'forwarded':
    case 'invite':
    case 'accept':
    case 'lost':
    case 'lost-seen':
    case 'goodbye-seen':
      return;
  }
}
