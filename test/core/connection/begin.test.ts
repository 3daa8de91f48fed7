/** Invitations that cross: both ends invite, and the one with the lower key leads. */
import { describe, expect, it } from 'vitest';
import { invited } from '../../../src/core/connection/begin.js';
import { Connection } from '../../../src/core/connection/connection.js';
import { Scene } from '../../../src/core/connection/scene.js';
import { Neighbour } from '../../../src/core/facts/neighbour.js';
import { INVITE_RESEND } from '../../../src/core/limits.js';
import { decodeMessage, type Invite } from '../../../src/core/protocol/messages.js';
import { Random } from '../../../src/core/random.js';
import { instant } from '../../../src/core/values/time.js';
import { SELF } from '../support/machine.js';
import { about, holds, HUB, says } from '../support/network.js';
import { ATTEMPT, Stage } from '../support/scene.js';
import { key } from '../support/values.js';

const HIGHER = key(200);
const CLAIMS = [
  says(HUB, about(HIGHER, 'member', {})),
  says(HUB, holds(HIGHER, '10.9.0.3/32')),
  says(HIGHER, about(HIGHER, 'alive', '04'.repeat(16)), HUB),
];
const THEIRS: Invite = {
  kind: 'invite',
  epoch: { leader: new Uint8Array(8).fill(4), follower: new Uint8Array(8).fill(1), counter: 1 },
  method: 'nested',
  leaderFirst: false,
  listenPort: 51820,
};

/** Its agent is there. */
const ROUTER = Object.assign(new Neighbour(HUB, new Random(1), 1, instant(0)), { agent: true });

/** How many datagrams leave when their invitations come at these times; ours was sent `tries` times, at 0 the last. */
function sentAt(times: readonly number[], tries: number): number[] {
  const stage = new Stage();
  const connection = new Connection(HIGHER);
  const [sendAt, sent] = [instant(60_000), instant(0)];
  connection.enter({ name: 'inviting', attempt: ATTEMPT, sendAt, sentAt: sent, tries, aimAt: undefined });
  return times.map((now) => {
    const { input } = stage.scene({ now, claims: CLAIMS });
    invited(connection, THEIRS, HUB, new Scene({ ...input, neighbour: () => ROUTER }));
    expect(connection.state.name).toBe('inviting');
    expect(connection.aim).toBeUndefined();
    return stage.taken().filter((action) => action.type === 'send' && decodeMessage(action.bytes)?.kind === 'forward')
      .length;
  });
}

describe('an invitation of the end with the greater key', () => {
  it('comes to the one with the lower', () => {
    expect(SELF < HIGHER).toBe(true);
  });

  it('is ignored while ours has been sent once only: it may be under way', () => {
    expect(sentAt([10, 1_000], 1)).toEqual([0, 0]);
  });

  it('draws ours again where that was repeated before and is lost, it seems', () => {
    expect(sentAt([INVITE_RESEND - 1, INVITE_RESEND], 2)).toEqual([0, 1]);
  });

  it('draws no more than one in so long, and no change of the device, however often it comes', () => {
    const flood = Array.from({ length: 3_000 }, (_, ms) => ms);
    const sent = sentAt(flood, 2).reduce((sum, each) => sum + each, 0);
    expect(sent).toBe(Math.floor(2_999 / INVITE_RESEND));
  });
});
