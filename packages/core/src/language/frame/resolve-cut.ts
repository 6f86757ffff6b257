import type { Cuts, Value } from '../document.js'
import { EN_KIND, ZH_KIND } from './kind-words.js'
import { say } from './message.js'
import { refuseFitOfRelated } from './refuse-fit.js'
import type { Resolving } from './resolving.js'
import type { Scope } from './scope.js'

/** What a cut as a value and a cut as a way share: a number, cuts, and groups that only fitted cuts can have. */
export function resolveCut(
  { cut, at: cuts, by }: { cut: Value; at: Cuts; by?: Value[] },
  at: string,
  scope: Scope,
  resolving: Resolving,
): void {
  const type = resolving.value(cut, `${at}/cut`, scope)
  if (type !== null && type.kind !== 'number') {
    resolving.report(
      `${at}/cut`,
      say(`a cut needs a number, this is ${EN_KIND[type.kind]}`, `分档需要数字，此处是${ZH_KIND[type.kind]}`),
    )
  }
  if (!Array.isArray(cuts)) refuseFitOfRelated(`${at}/at`, scope, resolving)
  if (by === undefined) return
  if (Array.isArray(cuts)) {
    resolving.report(
      `${at}/by`,
      say('fixed cuts are the same for every group: leave by out', '固定分界点对各组相同：请去掉 by'),
    )
  }
  for (const [index, key] of by.entries()) resolveGroupKey(key, `${at}/by/${index}`, scope, resolving)
}

/** A key that makes groups: one value per subject. */
export function resolveGroupKey(key: Value, at: string, scope: Scope, resolving: Resolving): void {
  const type = resolving.value(key, at, scope)
  if (type?.kind === 'list' || type?.kind === 'date') {
    resolving.report(
      at,
      say(
        `groups are made by text or numbers, this is ${EN_KIND[type.kind]}`,
        `分组应按文本或数字，此处是${ZH_KIND[type.kind]}`,
      ),
    )
  }
}
