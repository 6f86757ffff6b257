import type { Catalog } from '../catalog/catalog.js'
import { cutAssignSentence } from './assign/cut/sentence.js'
import { givenSentence } from './assign/given/sentence.js'
import { rulesSentence } from './assign/rules/sentence.js'
import { topSentence } from './assign/top/sentence.js'
import { valueAssignSentence } from './assign/value/sentence.js'
import type {
  Assign,
  Condition,
  Definition,
  SegmentDefinition,
  TagDefinition,
  Tail,
  TreeNode,
  Value,
} from './document.js'
import type { AssignWayName } from './frame/names.js'
import type { SayWay } from './frame/say-way.js'
import type { Scope } from './frame/scope.js'
import { spaceChinese } from './frame/spacing.js'
import type { Language, Speaker } from './frame/speaker.js'
import { assignWayOf, isTailOnly } from './frame/which.js'
import { isRecipe, recipeOf } from './recipes/recipes.js'
import { makeSpeaker } from './speaker.js'
import { findType } from './type-of.js'

/** What a definition means, in one plain sentence without a full stop. */
export function sentence(definition: Definition, catalog: Catalog, language: Language): string {
  const speaker = makeSpeaker(catalog, language)
  const scope: Scope = { catalog, subject: definition.subject ?? 'person', stream: null }
  return finish(sayDefinition(definition, scope, speaker), language)
}

/** What a condition means, for the parts of a rule and for explanations. */
export function conditionSentence(condition: Condition, scope: Scope, language: Language): string {
  return finish(makeSpeaker(scope.catalog, language).condition(condition, scope), language)
}

/** What a value means. */
export function valueSentence(value: Value, scope: Scope, language: Language): string {
  return finish(makeSpeaker(scope.catalog, language).value(value, scope), language)
}

function finish(said: string, language: Language): string {
  return language === 'zh' ? spaceChinese(said) : said.replace(/ {2,}/g, ' ').trim()
}

const WAYS: { readonly [Way in AssignWayName]: SayWay<Extract<Assign, Record<Way, unknown>>> } = {
  rules: rulesSentence,
  cut: cutAssignSentence,
  top: topSentence,
  value: valueAssignSentence,
  given: givenSentence,
}

function sayDefinition(definition: Definition, scope: Scope, speaker: Speaker): string {
  const made = sayRecipe(definition, scope, speaker)
  if (definition.kind === 'tag')
    return `${sayOnly(definition, scope, speaker)}${made ?? sayAssign(definition, scope, speaker)}`
  if (made !== null) return made
  if (definition.kind === 'segment') return saySegment(definition, scope, speaker)
  return definition.kind === 'metric'
    ? speaker.value(definition.value, scope)
    : sayNode(definition.root, null, scope, speaker)
}

function sayRecipe({ recipe }: Definition, scope: Scope, speaker: Speaker): string | null {
  if (recipe === undefined || !isRecipe(recipe.use)) return null
  return recipeOf(recipe.use).sentence?.(recipe.with ?? {}, scope, speaker) ?? null
}

function sayOnly({ only }: TagDefinition, scope: Scope, speaker: Speaker): string {
  if (only === undefined) return ''
  const whom = speaker.condition(only, scope)
  return speaker.pick(`仅限${whom}者：`, `only where ${whom}: `)
}

function sayAssign(tag: TagDefinition, scope: Scope, speaker: Speaker): string {
  const say = WAYS[assignWayOf(tag.assign)] as SayWay<Assign>
  return say(tag.assign, tag, scope, speaker)
}

function saySegment({ where, take }: SegmentDefinition, scope: Scope, speaker: Speaker): string {
  const whom = speaker.condition(where, scope)
  if (take === undefined) return whom
  const keys = (take.per ?? []).map((key) => speaker.value(key, scope))
  const per =
    keys.length === 0 ? '' : speaker.pick(`每个${speaker.list(keys, 'and')}`, ` per ${speaker.list(keys, 'and')}`)
  if ('random' in take)
    return speaker.pick(`${whom}，${per}随机取 ${take.random} 个`, `${whom}; a random ${take.random}${per}`)
  const by = speaker.value(take.by, scope)
  const isLow = take.order === 'asc'
  return speaker.pick(
    `${whom}，${per}取${by}${isLow ? '最低' : '最高'}的 ${take.top} 个`,
    `${whom}; the ${take.top} with the ${isLow ? 'lowest' : 'highest'} ${by}${per}`,
  )
}

function sayNode(node: TreeNode, parent: TreeNode | null, scope: Scope, speaker: Speaker): string {
  const name = speaker.literal(speaker.label(node.name ?? node.id))
  const when = node.when === undefined ? '' : sayWhen(node.when, parent?.by, scope, speaker)
  const own =
    parent === null
      ? ''
      : speaker.pick(`${name}：${when === '' ? '其余' : when}`, `${name}: ${when === '' ? 'the others' : when}`)
  if (node.split === undefined) return own
  const branches = node.split.map((child) => sayNode(child, node, scope, speaker)).join(speaker.pick('；', '; '))
  return own === '' ? branches : speaker.pick(`${own}（${branches}）`, `${own} (${branches})`)
}

function sayWhen(when: Condition | Tail, by: Value | undefined, scope: Scope, speaker: Speaker): string {
  if (!isTailOnly(when) || by === undefined) return speaker.condition(when as Condition, scope)
  const tail = speaker.tail(when, findType(by, scope), scope)
  return speaker.pick(`${speaker.value(by, scope)}${tail}`, `${speaker.value(by, scope)} ${tail}`)
}
