/** What changed facts mean for a connection: try again at once, agree anew, or leave the network. */
import { NEWS_AT_MOST_EVERY, SESSION_WAIT } from '../limits.js';
import type { Belief } from '../trust/beliefs.js';
import { after, since, type Instant } from '../values/time.js';
import { hearCandidates } from './better.js';
import type { Connection } from './connection.js';
import { causeToStay } from './explain.js';
import { doubtPath } from './liveness.js';
import { replan } from './probe.js';
import { giveUp } from './retreat.js';
import type { Scene } from './scene.js';

export function hearFacts(connection: Connection, belief: Belief, scene: Scene): void {
  connection.grantedBy = belief.routers;
  if (belief.allowedIps.length > 0) connection.held = belief.allowedIps;
  const { state } = connection;
  if (state.name !== 'idle' && (belief.allowedIps.length === 0 || belief.withheld.length > 0)) {
    const cause = causeToStay(connection.peer, scene);
    if (cause !== undefined) giveUp(connection, scene, cause);
  }
  if (connection.seenBelief === belief) return;
  connection.seenBelief = belief;
  connection.stir();
  const facts = [belief.bootId ?? '', ...belief.endpoints.map(({ endpoint }) => endpoint).sort()].join(' ');
  if (connection.seenFacts === facts) return;
  const restarted = connection.seenFacts.split(' ')[0] !== (belief.bootId ?? '');
  connection.seenFacts = facts;
  retrySoon(connection, scene.now);
  const current = connection.state;
  if (current.name === 'active') {
    const endpoints = belief.endpoints.map(({ endpoint }) => endpoint);
    hearCandidates(connection, new Set([...endpoints, ...scene.given(connection)]), scene);
  }
  if (current.name === 'probing' && current.proof === undefined) replan(connection, current, scene);
  if (restarted && belief.bootId !== undefined) heardRestart(connection, scene);
}

/** The peer's agent may be another run now: what was agreed with the former one is void unless it is agreed again. */
export function heardRestart(connection: Connection, scene: Scene): void {
  const { state, peer } = connection;
  if (state.name !== 'active' || state.attempt.epoch.counter === 0) return;
  const { epoch, leader } = state.attempt;
  const agreedWith = leader ? epoch.follower : epoch.leader;
  const boot = scene.bootOf(peer);
  const same = boot !== undefined && agreedWith.every((byte, at) => byte === boot[at]);
  if (!same) doubtPath(connection, state, scene, true);
}

/** Brings the next attempt forward, though not ever more often for a peer whose facts change all the time. */
export function retrySoon(connection: Connection, now: Instant): void {
  if (connection.state.name !== 'idle') return;
  const earliest = connection.newsAt === undefined ? now : after(connection.newsAt, NEWS_AT_MOST_EVERY);
  connection.failures = 0;
  connection.pauses = 0;
  const at = earliest > now ? earliest : now;
  connection.newsAt = at;
  const { retryAt } = connection.state;
  if (retryAt !== undefined && retryAt > at) connection.enter({ name: 'idle', retryAt: at });
}

/**
 * No router grants its membership: a router that is heard has withdrawn it, one that is silent has said nothing. Answers
 * whether nothing of the connection is left to keep.
 */
export function isOver(connection: Connection, scene: Scene): boolean {
  if (connection.state.name !== 'idle') {
    if (!connection.grantedBy.some((router) => scene.input.neighbour(router)?.inSync === true)) return false;
    giveUp(connection, scene, { code: 'withdrawn', text: 'Its router has taken it off the network.' });
  }
  const early = connection.earlyInvite;
  const expected = early !== undefined && since(early.at, scene.now) < SESSION_WAIT;
  return connection.pendingLost === undefined && !expected;
}
