import type { Catalog } from '../catalog/catalog.js'
import type { StoredValue } from '../catalog/coerce.js'
import { inMemory } from '../evaluate/change-rows.js'
import { formatDecimal } from '../kernel/decimal.js'
import { type Instant, localTimeOf, type Zone } from '../kernel/zone.js'
import type { Definition } from '../language/document.js'
import { isList } from '../language/event-scope/compare.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import { typeOfStored, usableType } from '../language/frame/property.js'
import type { ValueType } from '../language/frame/scope.js'
import { spaceChinese } from '../language/frame/spacing.js'
import type { Speaker } from '../language/frame/speaker.js'
import { makeSpeaker } from '../language/speaker.js'
import { findType, typeOfTag } from '../language/type-of.js'
import type { Counterfact, Said, Step } from './explanation.js'
import { FRESH } from './goal.js'

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const SIGNS: Readonly<Record<string, string>> = { CNY: '¥', JPY: '¥', USD: '$', EUR: '€', GBP: '£' }
const UNITS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  minutes: ['分钟', 'minutes'],
  hours: ['小时', 'hours'],
  days: ['天', 'days'],
  weeks: ['周', 'weeks'],
  months: ['个月', 'months'],
  years: ['年', 'years'],
}

/** Says values, moments and changes for explanations, in both languages. */
export class Words {
  readonly #zh: Speaker
  readonly #en: Speaker

  constructor(
    readonly catalog: Catalog,
    readonly zone: Zone,
  ) {
    this.#zh = makeSpeaker(catalog, 'zh')
    this.#en = makeSpeaker(catalog, 'en')
  }

  /** One text per language. */
  both(say: (speaker: Speaker) => string): Said {
    return { zh: spaceChinese(say(this.#zh).replaceAll(' “', '“')), en: say(this.#en).replace(/ {2,}/g, ' ').trim() }
  }

  /** A value of a type; null = missing. */
  value(
    value: EventScopeValue,
    type: ValueType | null,
    names: ReadonlyMap<string, (speaker: Speaker) => string> = new Map(),
  ): Said {
    return this.both((speaker) => this.#say(value, type, names, speaker))
  }

  /** The value of a definition: codes by their names. */
  ofDefinition(definition: Definition, value: EventScopeValue): Said {
    if (definition.kind === 'segment') {
      return this.both((speaker) =>
        value === null
          ? speaker.pick('无法判断', 'cannot be decided')
          : value === true
            ? speaker.pick('属于该人群', 'in the segment')
            : speaker.pick('不属于该人群', 'not in the segment'),
      )
    }
    const scope = { catalog: this.catalog, subject: definition.subject ?? 'person', stream: null }
    if (definition.kind === 'metric') {
      const type = findType(definition.value, scope)
      return this.value(value, type?.kind === 'number' && definition.unit ? { ...type, unit: definition.unit } : type)
    }
    if (definition.kind !== 'tag') return this.value(value, null)
    const names = new Map(
      (definition.values ?? []).flatMap(({ code, name }) =>
        name === undefined ? [] : [[String(code), (speaker: Speaker) => speaker.label(name)] as const],
      ),
    )
    return this.value(value, typeOfTag(definition, scope), names)
  }

  /** `2026 年 5 月 3 日` · `3 May 2026`; with the time of day where it is not midnight. */
  moment(moment: Instant): Said {
    return this.both((speaker) => this.#sayMoment(moment, speaker))
  }

  /** What would happen, in one sentence; `date` is the deadline as it is said, null = none. */
  counterfact(fact: Omit<Counterfact, 'said'>, date: Instant | null, definition: Definition): Said {
    return this.both((speaker) => {
      const isOne = fact.steps.every((step) => step.kind !== 'event' || step.times === 1) && fact.steps.length < 2
      const outcome = this.#outcome(fact, isOne, definition, speaker)
      const until = date === null ? '' : this.#sayMoment(date, speaker)
      if (fact.steps.length === 0) {
        return speaker.pick(`若到${until}为止没有新的行为和变化，则${outcome}`, `silence until ${until} ${outcome}`)
      }
      const steps = speaker.list(
        fact.steps.map((step) => this.#step(step, definition, speaker)),
        'and',
      )
      return speaker.pick(
        `${until === '' ? '' : `在${until}之前，`}${steps}，则${outcome}`,
        `${steps}${until === '' ? '' : ` before ${until}`} ${outcome}`,
      )
    })
  }

  #outcome(
    { target, targetSaid }: Pick<Counterfact, 'target' | 'targetSaid'>,
    isOne: boolean,
    definition: Definition,
    speaker: Speaker,
  ): string {
    const subject = speaker.label(this.catalog.subjects.get(definition.subject ?? 'person')?.labels ?? '')
    const whom = speaker.language === 'en' ? `this ${subject.toLowerCase() || 'subject'}` : ''
    if (definition.kind === 'segment') {
      if (target === null)
        return speaker.pick(
          '无法再判断是否属于该人群',
          `${isOne ? 'leaves' : 'leave'} it undecided whether ${whom} is in the segment`,
        )
      return target === true
        ? speaker.pick('进入该人群', `${isOne ? 'brings' : 'bring'} ${whom} into the segment`)
        : speaker.pick('不属于该人群', `${isOne ? 'takes' : 'take'} ${whom} out of the segment`)
    }
    if (target === null) return speaker.pick('该值变为空', `${isOne ? 'leaves' : 'leave'} ${whom} without a value`)
    const said = speaker.pick(targetSaid.zh, targetSaid.en)
    return speaker.pick(`变为${said}`, `${isOne ? 'makes' : 'make'} ${whom} ${said}`)
  }

  #step(step: Step, definition: Definition, speaker: Speaker): string {
    if (step.kind === 'list') {
      const label = speaker.literal(speaker.label(this.catalog.lists.get(step.id)?.labels ?? step.id))
      return step.isOn
        ? speaker.pick(`加入名单${label}`, `being put on the list ${label}`)
        : speaker.pick(`移出名单${label}`, `being taken off the list ${label}`)
    }
    if (step.kind === 'attribute') return this.#attributeStep(step, definition, speaker)
    const label = speaker.stream({ kind: 'events', names: [step.event], each: null }, 'noun')
    const more = this.#properties(step, speaker)
    const what = more === '' ? '' : speaker.pick(`（${more}）`, ` (${more})`)
    const count = step.times === 1 ? speaker.pick('1 次', 'one') : speaker.pick(`${step.times} 次`, String(step.times))
    return speaker.pick(`再有 ${count}${label}${what}`, `${count} more ${label}${what}`)
  }

  #attributeStep(step: Extract<Step, { kind: 'attribute' }>, definition: Definition, speaker: Speaker): string {
    const subject = definition.subject ?? 'person'
    const entry = this.catalog.attributes.get(subject)?.get(step.key)
    const tag = step.key.startsWith('tag.') ? this.catalog.definitions.get(step.key.slice(4))?.body : undefined
    const label = speaker.literal(speaker.label(tag?.name ?? entry?.labels ?? step.key))
    const type = entry === undefined ? null : typeOfStored(usableType(entry))
    if (step.value === null) return speaker.pick(`${label}被清空`, `${label} being cleared`)
    if (step.fresh) return speaker.pick(`${label}变为其他值`, `${label} becoming something else`)
    const said = this.#say(inMemory(step.value as StoredValue), type, new Map(), speaker)
    return speaker.pick(`${label}变为 ${said}`, `${label} becoming ${said}`)
  }

  #properties(step: Extract<Step, { kind: 'event' }>, speaker: Speaker): string {
    const entries = this.catalog.events.get(step.event)?.properties
    const say = (name: string, value: EventScopeValue): string => {
      const entry = entries?.get(name)
      const label = speaker.label(entry?.labels ?? name)
      if (step.fresh.includes(name)) return speaker.pick(`${label}为尚未有过的值`, `a new ${label}`)
      const type = entry === undefined ? null : typeOfStored(usableType(entry))
      const said = this.#say(value, type, new Map(), speaker)
      const most = step.atLeast[name]
      if (most === undefined) return speaker.pick(`${label}为 ${said}`, `${label} ${said}`)
      if (most === null) return speaker.pick(`${label}不低于 ${said}`, `${label} of at least ${said}`)
      const top = this.#say(most, type, new Map(), speaker)
      return speaker.pick(`${label}在 ${said} 到 ${top} 之间`, `${label} from ${said} to ${top}`)
    }
    const plain = Object.entries(step.properties).map(([name, value]) => say(name, value))
    const lines = step.items.map((line) =>
      speaker.list(
        Object.entries(line).map(([field, value]) => say(`items.${field}`, value)),
        'and',
      ),
    )
    const said = lines
      .filter((line) => line !== '')
      .map((line) => speaker.pick(`含商品行：${line}`, `with a line: ${line}`))
    return [...plain, ...said].join(speaker.pick('，', ', '))
  }

  #say(
    value: EventScopeValue,
    type: ValueType | null,
    names: ReadonlyMap<string, (speaker: Speaker) => string>,
    speaker: Speaker,
  ): string {
    if (value === null) return speaker.pick('空', 'blank')
    if (isList(value)) {
      if (value.length === 0) return speaker.pick('空列表', 'an empty list')
      return speaker.list(
        value.map((one) => this.#say(one, null, names, speaker)),
        'and',
      )
    }
    if (typeof value === 'bigint') return this.#number(value, type, speaker)
    if (typeof value === 'number') return this.#sayMoment(value, speaker)
    if (typeof value === 'boolean') return speaker.pick(value ? '是' : '否', value ? 'yes' : 'no')
    if (value === FRESH) return speaker.pick('其他值', 'another value')
    return speaker.literal(names.get(value)?.(speaker) ?? value)
  }

  #number(value: bigint, type: ValueType | null, speaker: Speaker): string {
    const text = grouped(formatDecimal(value))
    const unit = type?.kind === 'number' ? type.unit : null
    if (unit === 'money') {
      const { currency } = this.catalog
      const sign = SIGNS[currency]
      return sign === undefined
        ? `${text} ${currency}`
        : text.startsWith('-')
          ? `-${sign}${text.slice(1)}`
          : `${sign}${text}`
    }
    const words = unit === null ? undefined : UNITS[unit]
    if (words === undefined) return text
    return speaker.pick(`${text} ${words[0]}`, `${text} ${text === '1' ? words[1].replace(/s$/, '') : words[1]}`)
  }

  #sayMoment(moment: Instant, speaker: Speaker): string {
    const { year, month, day, hour, minute, second, millisecond } = localTimeOf(this.zone, moment)
    const two = (number: number): string => String(number).padStart(2, '0')
    const isMidnight = hour === 0 && minute === 0 && second === 0 && millisecond === 0
    const seconds = second === 0 && millisecond === 0 ? '' : `:${two(second)}`
    const time = isMidnight ? '' : ` ${two(hour)}:${two(minute)}${seconds}`
    return speaker.pick(`${year} 年 ${month} 月 ${day} 日${time}`, `${day} ${MONTHS[month - 1]} ${year}${time}`)
  }
}

/** `12,345.5`; four digits stand together. */
function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.')
  const size = whole.replace('-', '')
  const spelt = size.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? spelt : `${spelt}.${fraction}`
}
