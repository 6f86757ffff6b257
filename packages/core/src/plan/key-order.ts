/**
 * The order in which a person reads the keys of a definition: what it is, whom it is about, what it says, how it is kept.
 * Heads stand before the fields beside them, operators last; other keys follow by name.
 */
const ORDER: readonly string[] = [
  ...['plan', 'id', 'code', 'name', 'zh', 'en', 'note', 'goal', 'theme', 'category', 'tags', 'subject', 'who'],
  ...['recipe', 'use', 'version', 'with', 'family', 'ordered'],
  // Heads of values, conditions and tests.
  ...['rules', 'sequence', 'member', 'all', 'any', 'not', 'case', 'prop', 'attr', 'tag', 'metric', 'segment', 'list'],
  ...['cut', 'top', 'given', 'did', 'per', 'via', 'since', 'clock', 'calc', 'among', 'trigger', 'value', 'random'],
  // Windows.
  ...['last', 'complete', 'this', 'next', 'coming', 'period', 'from', 'after', 'to', 'skip', 'for'],
  ...['every', 'method', 'sample', 'share', 'seed', 'changes'],
  // Fields beside a head.
  ...['when', 'each', 'role', 'where', 'key', 'gap', 'without', 'within', 'notThen', 'until', 'unit', 'of', 'by', 'at'],
  ...['n', 'probs', 'fit', 'having', 'get', 'nth', 'weight', 'sum', 'events', 'halfLife', 'atLeast', 'only', 'assign'],
  ...['take', 'order', 'values', 'edge', 'otherwise', 'root', 'split', 'other', 'default', 'ago', 'day', 'total'],
  ...['recency', 'frequency', 'monetary', 'expires', 'empty', 'refresh', 'corrections', 'keep'],
  // Operators.
  ...['is', 'isNot', 'gt', 'gte', 'lt', 'lte', 'between', 'in', 'notIn', 'hasAny', 'hasAll', 'hasNone'],
  ...['contains', 'startsWith', 'endsWith', 'under', 'known', 'during', 'anniversary'],
]
const RANK: ReadonlyMap<string, number> = new Map(ORDER.map((key, index) => [key, index]))

/** Compares two keys of one object by that order. */
export function compareKeys(left: string, right: string): number {
  const ranks = (RANK.get(left) ?? ORDER.length) - (RANK.get(right) ?? ORDER.length)
  return ranks || (left < right ? -1 : left > right ? 1 : 0)
}
