/** What `nft -j list ruleset` prints, as far as it concerns what comes in. iptables' rules are in it, where they are nft's. */
import * as v from 'valibot';

/** A chain through which incoming packets go, and that drops those which no rule of it accepts. */
export interface InputChain {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** Each rule that accepts something, as JSON: enough to see what it is about. */
  readonly accepts: readonly string[];
}

const Chain = v.object({
  family: v.string(),
  table: v.string(),
  name: v.string(),
  hook: v.optional(v.string()),
  policy: v.optional(v.string()),
});
const Rule = v.object({ family: v.string(), table: v.string(), chain: v.string(), expr: v.array(v.unknown()) });
const Ruleset = v.object({ nftables: v.array(v.object({ chain: v.optional(Chain), rule: v.optional(Rule) })) });

/** Throws on what is not nft's JSON. */
export function parseRuleset(json: string): readonly InputChain[] {
  const { nftables } = v.parse(Ruleset, JSON.parse(json));
  const rules = nftables.flatMap(({ rule }) => rule ?? []);
  return nftables
    .flatMap(({ chain }) => (chain?.hook === 'input' ? [chain] : []))
    .flatMap(({ family, table, name, policy }) => {
      // A rule may jump to a chain of its table that accepts.
      const inTable = rules.filter((rule) => rule.family === family && rule.table === table);
      const own = inTable.filter(({ chain }) => chain === name);
      const drops = policy === 'drop' || own.some(({ expr }) => refusesAll(expr));
      const accepts = inTable.filter(({ expr }) => expr.some((part) => hasKey(part, 'accept')));
      return drops ? [{ family, table, chain: name, accepts: accepts.map(({ expr }) => JSON.stringify(expr)) }] : [];
    });
}

/** A rule that refuses, and has no condition. */
const refusesAll = (expr: readonly unknown[]): boolean =>
  expr.some((part) => hasKey(part, 'drop') || hasKey(part, 'reject')) &&
  expr.every((part) => ['drop', 'reject', 'counter', 'log'].some((key) => hasKey(part, key)));

const hasKey = (part: unknown, key: string): boolean => typeof part === 'object' && part !== null && key in part;
