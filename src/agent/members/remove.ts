/** `remove`: the opposite of `invite`. What other machines make of it is the agents' business. */
import type { RemovedView } from '../../core/views.js';
import { findPeer } from '../control/peer.js';
import { isKeptByHand, onHub, type AgentKnows, type HubFile } from './hub.js';
import { rewriting } from './invite.js';
import { withoutName } from './names.js';
import { peersIn, withoutPeer } from './quick-file.js';
import { makeAll } from './steps.js';

export interface Removal {
  readonly interface: string;
  /** A key, an unambiguous beginning of one, or a name. */
  readonly peer: string;
  readonly save: boolean;
  readonly config: string | undefined;
  readonly agent: AgentKnows | undefined;
}

/**
 * Takes it off the interface last, for that alone cannot be taken back: its preshared key is nobody's to read. Throws
 * `UserError` for what a person can mend, `unknown-peer` and `ambiguous-peer` among it.
 */
export const remove = (removal: Removal): Promise<RemovedView> =>
  onHub(removal, async (hub) => {
    const { publicKey, name } = findPeer(removal.peer, hub.members);
    const without: readonly (readonly [HubFile, string])[] = [
      ...(removal.save ? [[hub.quick, withoutPeer(hub.quick.text ?? '', publicKey)] as const] : []),
      ...(hub.config.text === undefined
        ? []
        : [[hub.config, withoutName(hub.config.text, hub.config.path, publicKey)] as const]),
    ];
    const changed = without.filter(([file, text]) => file.text !== text);
    await makeAll([
      ...changed.map(([file, text]) => rewriting(file, text)),
      {
        make: async () => {
          if (hub.device.peers.some((peer) => peer.publicKey === publicKey))
            await hub.port.apply({ kind: 'remove', publicKey });
        },
        takeBack: () => undefined,
      },
    ]);
    const stays = !removal.save && isKeptByHand(hub.quick) && isIn(hub.quick, publicKey);
    return {
      interface: hub.interface,
      publicKey,
      ...(name !== undefined && { name }),
      files: changed.map(([{ path }]) => path),
      ...(stays && { stillIn: hub.quick.path }),
      agent: hub.agent !== undefined,
    };
  });

const isIn = ({ text = '' }: HubFile, key: string): boolean => peersIn(text).some(({ publicKey }) => publicKey === key);
