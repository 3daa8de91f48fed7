/**
 * What a fact is: a subject (a public key), an attribute and its value. Its lifetime is not part of it: the same fact
 * told again is the same fact. How one travels is decided in encoding.ts, who may say one in trust.
 */
import type { Endpoint } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import type { Prefix } from '../values/prefix.js';
import { ATTRIBUTES } from './attributes.js';

/** The value each attribute carries. Everything else about an attribute is its row in attributes.ts. */
export interface AttributeValues {
  /** The boot id of the subject's agent, 32 hexadecimal digits: it runs, and restarted when this changes. */
  readonly alive: string;
  readonly endpoint: Endpoint;
  readonly 'allowed-ip': Prefix;
  /** The subject belongs to the network. */
  readonly member: MemberValue;
}

export interface MemberValue {
  readonly name?: string;
  /** It runs WireGuard only, no agent. */
  readonly plain?: boolean;
  /** What newer agents say and we do not understand, kept so that passing it on loses nothing. */
  readonly unknown?: readonly UnknownField[];
}

export interface UnknownField {
  /** 0 to 255. */
  readonly key: number;
  readonly hex: string;
}

export type AttributeName = keyof AttributeValues;

/** A fact of one attribute; of any, when none is named. */
export type Fact<Name extends AttributeName = AttributeName> = {
  [Each in Name]: { readonly subject: PublicKey; readonly attribute: Each; readonly value: AttributeValues[Each] };
}[Name];

/** Canonical text, equal exactly for equal facts. */
export function factId<Name extends AttributeName>(fact: Fact<Name>): string {
  const known = ids.get(fact);
  if (known !== undefined) return known;
  const id = `${fact.subject} ${fact.attribute} ${ATTRIBUTES[fact.attribute].canonical(fact.value)}`;
  ids.set(fact, id);
  return id;
}

/** A router looks thousands of facts over whenever one of them changes. */
const ids = new WeakMap<object, string>();

/** The value as a person reads it. Names come as they were sent: whoever prints them escapes control characters. */
export function formatValue<Name extends AttributeName>(fact: Fact<Name>): string {
  return ATTRIBUTES[fact.attribute].format(fact.value);
}
