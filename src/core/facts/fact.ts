/**
 * What a fact is: a subject (a public key), an attribute and its value. Its lifetime is not part of it: the same fact
 * told again is the same fact. How one travels is decided in encoding.ts, who may say one in trust.
 */
import type { PublicKey } from '../values/key.js';
import { ATTRIBUTES, type AttributeName, type AttributeValues } from './attributes.js';

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
