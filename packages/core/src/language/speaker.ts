import type { Catalog } from '../catalog/catalog.js'
import { parseSpan, type SpanUnit } from '../kernel/span.js'
import { isInstantText } from '../kernel/zone.js'
import type {
  Condition,
  EventValue,
  Literal,
  OperatorName,
  Prop,
  Span,
  Tail,
  Test,
  Text,
  Value,
  Window,
} from './document.js'
import type { ConditionHeadName, EventValueHeadName, TestHeadName, ValueHeadName } from './frame/names.js'
import type { WindowPurpose } from './frame/resolving.js'
import type { Scope, StreamScope, ValueType } from './frame/scope.js'
import type { Language, SayHead, Speaker } from './frame/speaker.js'
import { groupHeadOf, operatorOf, valueHeadOf, windowNameOf } from './frame/which.js'
import { allSentence, allTestSentence } from './heads/all/sentence.js'
import { amongSentence } from './heads/among/sentence.js'
import { anySentence, anyTestSentence } from './heads/any/sentence.js'
import { attrSentence } from './heads/attr/sentence.js'
import { calcSentence, eventCalcSentence } from './heads/calc/sentence.js'
import { caseSentence } from './heads/case/sentence.js'
import { clockSentence, eventClockSentence } from './heads/clock/sentence.js'
import { cutSentence } from './heads/cut/sentence.js'
import { didSentence, sayDidCompared } from './heads/did/sentence.js'
import { memberSentence } from './heads/member/sentence.js'
import { metricSentence } from './heads/metric/sentence.js'
import { notSentence, notTestSentence } from './heads/not/sentence.js'
import { perSentence } from './heads/per/sentence.js'
import { propSentence } from './heads/prop/sentence.js'
import { sequenceSentence } from './heads/sequence/sentence.js'
import { sinceSentence } from './heads/since/sentence.js'
import { tagSentence } from './heads/tag/sentence.js'
import { triggerSentence } from './heads/trigger/sentence.js'
import { viaSentence } from './heads/via/sentence.js'
import { OPERATOR_MODULES } from './operators/operators.js'
import { findType } from './type-of.js'
import { WINDOWS } from './windows/windows.js'

type Table<Names extends string, Of> = { readonly [Name in Names]: SayHead<Extract<Of, Record<Name, unknown>>> }

const VALUES: Table<ValueHeadName, Value> = {
  attr: attrSentence,
  tag: tagSentence,
  metric: metricSentence,
  did: didSentence,
  per: perSentence,
  via: viaSentence,
  since: sinceSentence,
  clock: clockSentence,
  calc: calcSentence,
  cut: cutSentence,
  among: amongSentence,
  trigger: triggerSentence,
}
const GROUPS: Table<ConditionHeadName, Condition> = {
  all: allSentence,
  any: anySentence,
  not: notSentence,
  sequence: sequenceSentence,
  member: memberSentence,
}
const EVENT_VALUES: Table<EventValueHeadName, EventValue> = {
  prop: propSentence,
  clock: eventClockSentence,
  case: caseSentence,
  calc: eventCalcSentence,
}
const TEST_GROUPS: Table<TestHeadName, Test> = { all: allTestSentence, any: anyTestSentence, not: notTestSentence }

const SPANS: Readonly<Record<SpanUnit, readonly [zh: string, en: string]>> = {
  s: ['秒', 'second'],
  min: ['分钟', 'minute'],
  h: ['小时', 'hour'],
  d: ['天', 'day'],
  w: ['周', 'week'],
  mo: ['个月', 'month'],
  q: ['个季度', 'quarter'],
  y: ['年', 'year'],
}

/** Says conditions and values in one language, with the labels of the catalogue. */
export function makeSpeaker(catalog: Catalog, language: Language): Speaker {
  const isZh = language === 'zh'
  const speaker: Speaker = {
    language,
    catalog,
    pick: (zh, en) => (isZh ? zh : en),
    label: (text: Text) => (typeof text === 'string' ? text : isZh ? text.zh : (text.en ?? text.zh)),
    list: (parts, joiner) => joinWords(parts, joiner, isZh),
    literal: (literal: Literal) => {
      if (typeof literal === 'string') return isZh ? `“${literal}”` : `"${literal}"`
      if (typeof literal === 'number') return sayNumber(literal)
      return literal ? speaker.pick('是', 'yes') : speaker.pick('否', 'no')
    },
    span: (span: Span) => {
      const parsed = parseSpan(span)
      if (parsed === null) return span
      const [zh, en] = SPANS[parsed.unit]
      return isZh ? `${parsed.count} ${zh}` : `${parsed.count} ${en}${parsed.count === 1 ? '' : 's'}`
    },
    condition: (condition: Condition, scope: Scope) => {
      const group = groupHeadOf(condition)
      if (group !== null) return (GROUPS[group] as SayHead<Condition>)(condition, scope, speaker)
      const value = condition as Value & Tail
      const speakerOfCodes = withCodeNames(value, scope, speaker)
      const clause = 'did' in value ? sayDidCompared(value, value, scope, speaker) : null
      if (clause !== null) return clause
      const tail = speakerOfCodes.tail(value, findType(value, scope), scope)
      return isZh ? `${speaker.value(value, scope)}${tail}` : `${speaker.value(value, scope)} ${tail}`
    },
    inner: (condition: Condition, scope: Scope) => bracketed(speaker.condition(condition, scope), condition, isZh),
    value: (value: Value, scope: Scope) => {
      const say = VALUES[valueHeadOf(value) as ValueHeadName] as SayHead<Value>
      const said = say(value, scope, speaker)
      if (value.default === undefined) return said
      const instead = isInstantText(String(value.default)) ? String(value.default) : speaker.literal(value.default)
      return speaker.pick(`${said}（缺失时为${instead}）`, `${said} (${instead} when missing)`)
    },
    test: (test: Test, scope: Scope) => {
      const group = groupHeadOf(test)
      if (group !== null) return (TEST_GROUPS[group as TestHeadName] as SayHead<Test>)(test, scope, speaker)
      const value = test as EventValue & Tail
      const tail = withCodeNames(value, scope, speaker).tail(value, findType(value, scope), scope)
      return isZh ? `${speaker.eventValue(value, scope)}${tail}` : `${speaker.eventValue(value, scope)} ${tail}`
    },
    innerTest: (test: Test, scope: Scope) => bracketed(speaker.test(test, scope), test, isZh),
    eventValue: (value: EventValue | Value, scope: Scope) => {
      const head = valueHeadOf(value)
      const isOfEvent = head !== null && Object.hasOwn(EVENT_VALUES, head) && !(head === 'clock' && 'of' in value)
      if (!isOfEvent) return speaker.value(value as Value, scope)
      return (EVENT_VALUES[head as EventValueHeadName] as SayHead<EventValue>)(value as EventValue, scope, speaker)
    },
    prop: (prop: Prop, scope: Scope) => speaker.eventValue(typeof prop === 'string' ? { prop } : prop, scope),
    tail: (tail: Tail, left: ValueType | null, scope: Scope) => sayTail(tail, left, scope, speaker),
    window: (window: Window, scope: Scope, purpose: WindowPurpose) => {
      const module = WINDOWS[windowNameOf(window)] as (typeof WINDOWS)['ever']
      return module.sentence(window as 'ever', scope, speaker, purpose)
    },
    stream: (stream: StreamScope, form) => sayStream(stream, form, speaker),
  }
  return speaker
}

/** `12.5`, and from five digits on `10,000`. */
function sayNumber(value: number): string {
  return Math.abs(value) < 10_000 ? String(value) : value.toLocaleString('en-US', { maximumFractionDigits: 4 })
}

function sayTail(tail: Tail, left: ValueType | null, scope: Scope, speaker: Speaker): string {
  const operator = operatorOf(tail) as OperatorName
  const module = OPERATOR_MODULES[operator] as (typeof OPERATOR_MODULES)['is']
  return module.sentence((tail as Record<string, unknown>)[operator] as never, left, scope, speaker)
}

function sayStream(stream: StreamScope, form: 'noun' | 'clause', speaker: Speaker): string {
  if (stream.kind === 'changes') {
    const name = sayChanged(stream, speaker)
    return speaker.pick(`${name}变更`, form === 'noun' ? `changes of ${name}` : `had ${name} changed`)
  }
  if (stream.names === 'any') return speaker.pick('任意行为', form === 'noun' ? 'anything done' : 'did anything')
  const labels = stream.names.map((name) => speaker.label(speaker.catalog.events.get(name)?.labels ?? name))
  return speaker.list(form === 'noun' && speaker.language === 'en' ? labels.map((label) => `"${label}"`) : labels, 'or')
}

function sayChanged(stream: Extract<StreamScope, { kind: 'changes' }>, speaker: Speaker): string {
  const { catalog } = speaker
  const label =
    stream.of === 'list'
      ? catalog.lists.get(stream.id)?.labels
      : stream.of === 'relation'
        ? catalog.relations.get(stream.id)?.labels
        : stream.of === 'attr'
          ? [...catalog.attributes.values()].find((own) => own.has(stream.id))?.get(stream.id)?.labels
          : catalog.definitions.get(stream.id)?.body.name
  return speaker.literal(speaker.label(label ?? stream.id))
}

/** Right sides beside a value with codes are said by the names of the codes. */
function withCodeNames(value: Value | EventValue, scope: Scope, speaker: Speaker): Speaker {
  const names = codeNamesOf(value, scope, speaker)
  if (names.size === 0) return speaker
  const inner: Speaker = {
    ...speaker,
    literal: (literal) => speaker.literal(typeof literal === 'string' ? (names.get(literal) ?? literal) : literal),
    tail: (tail, left, scope) => sayTail(tail, left, scope, inner),
  }
  return inner
}

const DAY_KINDS: Readonly<Record<string, Text>> = {
  workday: { zh: '工作日', en: 'workday' },
  restday: { zh: '休息日', en: 'day of rest' },
  holiday: { zh: '节假日', en: 'holiday' },
}
const CHANGE_KINDS: Readonly<Record<string, Text>> = {
  set: { zh: '设为新值', en: 'set' },
  added: { zh: '新增', en: 'added' },
  removed: { zh: '移除', en: 'removed' },
}

/** Code -> name, for tags, kinds of days, kinds of changes and names of events. */
function codeNamesOf(value: Value | EventValue, scope: Scope, speaker: Speaker): ReadonlyMap<string, string> {
  const named = (names: Readonly<Record<string, Text>>): ReadonlyMap<string, string> =>
    new Map(Object.entries(names).map(([code, name]) => [code, speaker.label(name)]))
  if ('clock' in value && value.clock === 'dayKind') return named(DAY_KINDS)
  if ('prop' in value && value.prop === 'op' && scope.stream?.kind === 'changes') return named(CHANGE_KINDS)
  if ('prop' in value && value.prop === 'event') {
    return new Map([...speaker.catalog.events].map(([id, { labels }]) => [id, speaker.label(labels)]))
  }
  const body = 'tag' in value ? speaker.catalog.definitions.get(value.tag)?.body : undefined
  const values = body?.kind === 'tag' ? (body.values ?? []) : []
  return new Map(
    values.flatMap(({ code, name }) => (name === undefined ? [] : [[String(code), speaker.label(name)] as const])),
  )
}

function bracketed(said: string, part: Condition | Test, isZh: boolean): string {
  const parts = 'all' in part ? part.all : 'any' in part ? part.any : []
  if (parts.length < 2) return said
  return isZh ? `（${said}）` : `(${said})`
}

function joinWords(parts: readonly string[], joiner: 'and' | 'or', isZh: boolean): string {
  if (parts.length < 2) return parts[0] ?? ''
  const word = isZh ? (joiner === 'and' ? '和' : '或') : ` ${joiner} `
  return `${parts.slice(0, -1).join(isZh ? '、' : ', ')}${word}${parts.at(-1)}`
}
