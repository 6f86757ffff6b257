import type { Code, Cuts, Prop, Stream, TagDefinition, Test, Value, Window } from '../document.js'
import { rule } from '../frame/checked.js'
import { tiersOf } from '../frame/cuts.js'
import { EN_KIND, ZH_KIND } from '../frame/kind-words.js'
import { say } from '../frame/message.js'
import type { Resolving } from '../frame/resolving.js'
import type { Scope } from '../frame/scope.js'
import { resolveEach } from '../heads/did/resolve.js'

/** A parameter that must be a number. */
export function resolveNumber(value: Value, at: string, scope: Scope, resolving: Resolving): void {
  const type = resolving.value(value, at, scope)
  if (type === null || type.kind === 'number') return
  resolving.report(
    at,
    say(`a number is needed here, this is ${EN_KIND[type.kind]}`, `此处需要数字，而这是${ZH_KIND[type.kind]}`),
  )
}

/** Rows that a recipe asks for, checked under the names of its parameters. */
export function resolveRows(
  rows: { did: Stream; each?: string; where?: Test; within?: Window; prop?: Prop },
  at: string,
  scope: Scope,
  resolving: Resolving,
): Scope {
  const stream = resolving.stream(rows.did, rows.each, `${at}/did`, scope)
  resolveEach(rows.each, stream, at, resolving)
  const inner: Scope = { ...scope, stream }
  if (rows.prop !== undefined) resolving.prop(rows.prop, `${at}/prop`, inner)
  if (rows.where !== undefined) resolving.test(rows.where, `${at}/where`, inner)
  if (rows.within !== undefined) resolving.window(rows.within, `${at}/within`, scope, 'events')
  return inner
}

/** That there is one name per tier, when either is left to the recipe. */
export function tierCount(usual: Cuts, names: number) {
  return rule<{ at?: Cuts; values?: readonly Code[] }>(({ at = usual, values }, report) => {
    const [tiers, named] = [tiersOf(at), values?.length ?? names]
    if (tiers === named) return
    report(
      say(
        `${tiers - 1} cuts make ${tiers} tiers, this names ${named}`,
        `${tiers - 1} 个分界点分成 ${tiers} 档，此处给出 ${named} 个名称`,
      ),
      'values',
    )
  })
}

/** The usual names in both languages, unless others are given. */
export function namedTiers(
  values: readonly Code[] | undefined,
  names: readonly (readonly [zh: string, en: string])[],
): { values?: NonNullable<TagDefinition['values']> } {
  return values === undefined ? { values: names.map(([zh, en]) => ({ code: zh, name: { zh, en } })) } : {}
}
