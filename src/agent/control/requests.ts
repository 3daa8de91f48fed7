/** What a client may ask, checked before anything of it is believed. The types are those of the control socket's API. */
import * as v from 'valibot';
import type { ControlApi, Method } from '../../core/control-api.js';
import { ATTRIBUTES } from '../../core/facts/attributes.js';
import type { AttributeName } from '../../core/facts/attributes.js';

/** A line of JSON that is no request at all, or one with an id to which an error can be sent. */
export type Reading =
  | { readonly kind: 'request'; readonly id: number; readonly request: Request }
  | { readonly kind: 'refused'; readonly id: number; readonly why: string }
  | { readonly kind: 'garbage'; readonly why: string };

/** A method together with its own parameters. */
export type Request = {
  [Name in Method]: { readonly method: Name; readonly params: ControlApi[Name]['params'] };
}[Method];

/** One hour: whoever waits longer for a path or a reply asks again. */
const LONGEST_MS = 3_600_000;
/** Pings of one request; and their spacing, so that no client makes the agent flood a peer. */
const MOST_PINGS = 1000;
const SHORTEST_INTERVAL_MS = 20;
/** More candidates than a machine has addresses. */
const MOST_ENDPOINTS = 16;
/** Longer than any key, name or endpoint. */
const text = v.pipe(v.string(), v.maxLength(256));
const duration = (shortest: number) => v.pipe(v.number(), v.minValue(shortest), v.maxValue(LONGEST_MS));

const empty = v.strictObject({});

const params: { [Name in Method]: v.GenericSchema<unknown, ControlApi[Name]['params']> } = {
  status: empty,
  facts: v.strictObject({
    rejected: v.boolean(),
    subject: v.exactOptional(text),
    attribute: v.exactOptional(v.picklist(Object.keys(ATTRIBUTES) as AttributeName[])),
    source: v.exactOptional(text),
  }),
  peers: empty,
  events: v.strictObject({
    follow: v.boolean(),
    after: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    peer: v.exactOptional(text),
  }),
  connect: v.strictObject({
    peer: text,
    endpoints: v.pipe(v.array(text), v.maxLength(MOST_ENDPOINTS)),
    timeoutMs: duration(0),
    wait: v.boolean(),
  }),
  reload: empty,
  probe: v.strictObject({
    peer: text,
    count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_PINGS)),
    intervalMs: duration(SHORTEST_INTERVAL_MS),
    timeoutMs: duration(1),
  }),
};

const envelope = v.strictObject({
  id: v.pipe(v.number(), v.safeInteger()),
  method: v.string(),
  params: v.unknown(),
});

export function readRequest(line: string): Reading {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { kind: 'garbage', why: 'a line is not JSON' };
  }
  const outer = v.safeParse(envelope, json);
  if (!outer.success) return { kind: 'garbage', why: whyNot(outer.issues) };
  const { id, method } = outer.output;
  if (!isMethod(method))
    return { kind: 'refused', id, why: `there is no method ${JSON.stringify(method.slice(0, 32))}` };
  const inner = v.safeParse(params[method], outer.output.params);
  if (!inner.success) return { kind: 'refused', id, why: `${method}: ${whyNot(inner.issues)}` };
  // The schema of a method gives the parameters of that method, which no type can say of a table's row.
  return { kind: 'request', id, request: { method, params: inner.output } as Request };
}

const isMethod = (name: string): name is Method => Object.hasOwn(params, name);

function whyNot(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues.map((issue) => `${v.getDotPath(issue) ?? 'request'}: ${issue.message}`).join('; ');
}
