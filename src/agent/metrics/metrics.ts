/**
 * What is measured: some of it counted as it happens, some of it asked of the engine when somebody looks. No label has a
 * value that a peer chose, and each has few: what a peer does costs no more series.
 */
import type { EngineContract } from '../../core/contract.js';
import type { Notice } from '../../core/notices.js';
import { REFUSAL_CODES } from '../../core/trust/belief.js';
import type { PathKind } from '../../core/views.js';
import type { Clock, OpenTunnelSocket } from '../ports.js';
import { VERSION } from '../version.js';
import type { Family, Sample } from './exposition.js';

const PATHS: readonly PathKind[] = ['direct', 'relayed', 'connecting', 'offline', 'plain'];

/** Upper ends, in seconds: a round trip or two, the pauses of a handshake, and what needed several attempts. */
const TIME_TO_DIRECT_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

export interface MetricsOptions {
  readonly clock: Clock;
  /** Whether what the configuration says on the disk is what holds. */
  readonly isConfigurationCurrent: () => boolean;
}

export class Metrics {
  readonly #options: MetricsOptions;
  readonly #timesToDirect = TIME_TO_DIRECT_SECONDS.map(() => 0);
  #directCount = 0;
  #directSeconds = 0;
  #toDirect = 0;
  #toRelayed = 0;
  #lost = 0;
  #sentBytes = 0;
  #receivedBytes = 0;

  constructor(options: MetricsOptions) {
    this.#options = options;
  }

  hear(notice: Notice): void {
    if (notice.type === 'path') this.#hearPath(notice);
    if (notice.type === 'attempt' && notice.step.what === 'direct') this.#hearDirect(notice.step.tookMs / 1000);
  }

  /** The same sockets, of which every byte is counted. */
  counted(open: OpenTunnelSocket): OpenTunnelSocket {
    return async (options) => {
      const socket = await open({
        ...options,
        onDatagram: (from, bytes) => {
          this.#receivedBytes += bytes.length;
          options.onDatagram(from, bytes);
        },
      });
      return {
        send: (to, bytes) => {
          this.#sentBytes += bytes.length;
          socket.send(to, bytes);
        },
        get unsent() {
          return socket.unsent;
        },
        close: () => {
          socket.close();
        },
      };
    };
  }

  families(engine: Pick<EngineContract, 'peers' | 'facts'>): readonly Family[] {
    const { clock, isConfigurationCurrent } = this.#options;
    const now = clock.now();
    const paths = engine.peers(now).map(({ path }) => path);
    const refused = engine.facts(now, true).map(({ rejectedCode }) => rejectedCode);
    return [
      {
        name: 'wirelink_build_info',
        help: 'The version of the agent, and of the Node.js that runs it; always 1.',
        type: 'gauge',
        samples: [{ labels: { version: VERSION, node: process.versions.node }, value: 1 }],
      },
      {
        name: 'wirelink_peers',
        help: 'Peers by how packets reach them.',
        type: 'gauge',
        samples: tally('path', PATHS, paths),
      },
      {
        name: 'wirelink_time_to_direct_seconds',
        help: 'How long attempts took that ended with a direct path.',
        type: 'histogram',
        samples: this.#histogram(),
      },
      {
        name: 'wirelink_switches_total',
        help: 'Peers whose packets came to take a direct path, or were led back through a router.',
        type: 'counter',
        samples: [
          { labels: { to: 'direct' }, value: this.#toDirect },
          { labels: { to: 'relayed' }, value: this.#toRelayed },
        ],
      },
      {
        name: 'wirelink_paths_lost_total',
        help: 'Direct paths that stopped answering.',
        type: 'counter',
        samples: [{ value: this.#lost }],
      },
      {
        name: 'wirelink_control_bytes_total',
        help: 'Bytes of what agents say to each other, without the headers around it.',
        type: 'counter',
        samples: [
          { labels: { direction: 'sent' }, value: this.#sentBytes },
          { labels: { direction: 'received' }, value: this.#receivedBytes },
        ],
      },
      {
        name: 'wirelink_refused_facts',
        help: 'Facts that are told now and not believed, by reason; 256 at most are looked at.',
        type: 'gauge',
        samples: tally('reason', REFUSAL_CODES, refused),
      },
      {
        name: 'wirelink_configuration_current',
        help: 'Whether all that the configuration file says is what holds: 0 after a mistake, or before a reload.',
        type: 'gauge',
        samples: [{ value: isConfigurationCurrent() ? 1 : 0 }],
      },
    ];
  }

  /** Peers of the user's own are never relayed, so that they do not count when they come and go. */
  #hearPath({ path, was, cause }: Extract<Notice, { type: 'path' }>): void {
    const isRelayed = (kind: PathKind | undefined): boolean => kind === 'relayed' || kind === 'connecting';
    if (path === 'direct' && isRelayed(was)) this.#toDirect++;
    if (isRelayed(path) && was === 'direct') this.#toRelayed++;
    if (was === 'direct' && cause?.code === 'contact-lost') this.#lost++;
  }

  #hearDirect(seconds: number): void {
    this.#directCount++;
    this.#directSeconds += seconds;
    const bucket = TIME_TO_DIRECT_SECONDS.findIndex((end) => seconds <= end);
    if (bucket >= 0) this.#timesToDirect[bucket] = (this.#timesToDirect[bucket] ?? 0) + 1;
  }

  /** Each bucket holds all that was not longer. */
  #histogram(): readonly Sample[] {
    let upTo = 0;
    const buckets = TIME_TO_DIRECT_SECONDS.map((end, at): Sample => {
      upTo += this.#timesToDirect[at] ?? 0;
      return { suffix: '_bucket', labels: { le: String(end) }, value: upTo };
    });
    return [
      ...buckets,
      { suffix: '_bucket', labels: { le: '+Inf' }, value: this.#directCount },
      { suffix: '_sum', value: this.#directSeconds },
      { suffix: '_count', value: this.#directCount },
    ];
  }
}

/** One sample for each word there is, also for those that nobody has. */
const tally = <Word extends string>(
  label: string,
  words: readonly Word[],
  found: readonly (Word | undefined)[],
): readonly Sample[] =>
  words.map((word) => ({ labels: { [label]: word }, value: found.filter((each) => each === word).length }));
