/** What the agent's log says of each notice, for a person to read. */
import type { AttemptStep } from '../../core/notices.js';
import type { Endpoint } from '../../core/values/endpoint.js';
import type { Cause, PathKind } from '../../core/views.js';
import type { PublicKey } from '../../core/values/key.js';

export type Name = (peer: PublicKey) => string;

export const AGENT_TEXTS = {
  found: 'its agent is here',
  restarted: 'its agent started anew',
  stopped: 'its agent has stopped',
  silent: 'its agent has fallen silent',
} as const;

export interface Path {
  readonly path: PathKind;
  readonly endpoint?: Endpoint | undefined;
  readonly via?: PublicKey | undefined;
  readonly cause?: Cause | undefined;
}

export function pathText({ path, endpoint, via, cause }: Path, name: Name): string {
  const through = via === undefined ? '' : ` through ${name(via)}`;
  switch (path) {
    case 'direct':
      return endpoint === undefined ? 'direct' : `direct, at ${endpoint}`;
    case 'relayed':
      return `relayed${through}${because(cause)}`;
    case 'connecting':
      return `connecting, relayed${through} until then`;
    case 'offline':
      return `offline${because(cause)}`;
    case 'plain':
      return 'runs WireGuard only, no agent';
  }
}

const because = (cause: Cause | undefined): string => (cause === undefined ? '' : `: ${cause.text}`);

export function stepText(step: AttemptStep, name: Name): string {
  switch (step.what) {
    case 'invited':
      return `invited through ${name(step.via)}`;
    case 'accepted':
      return `accepted its invitation through ${name(step.via)}`;
    case 'session':
      return step.through === 'router' ? 'session through the router' : 'session on the direct path';
    case 'candidate':
      return `candidate ${step.endpoint}: ${step.outcome}${step.reason === undefined ? '' : ` (${step.reason})`}`;
    case 'said':
      return `${step.by === 'us' ? 'said' : 'heard'} ${step.message}${step.full === true ? ' of full size' : ''}`;
    case 'contact':
      return `contact at ${step.endpoint}, ${step.rttMs.toFixed(1)} ms`;
    case 'direct':
      return `direct at ${step.endpoint} after ${Math.round(step.tookMs)} ms`;
    case 'failed':
      return `failed${because(step.cause)}`;
  }
}
