import type { Catalog } from '../catalog/catalog.js'
import type { JourneyDocument, JourneyTrigger, Refresh } from './document.js'
import type { Scope } from './frame/scope.js'
import { spaceChinese } from './frame/spacing.js'
import type { Language, Speaker } from './frame/speaker.js'
import { streamScopeOf } from './frame/stream-scope.js'
import { sayStreamParts } from './heads/did/sentence.js'
import { makeSpeaker } from './speaker.js'

/** When a journey starts, what it waits for and what ends it, in one plain sentence without a full stop. */
export function journeySentence(journey: JourneyDocument, catalog: Catalog, language: Language): string {
  const speaker = makeSpeaker(catalog, language)
  const scope: Scope = { catalog, subject: journey.subject ?? 'person', stream: null }
  const { trigger, waitFor, exit } = journey
  const inside: Scope = 'event' in trigger ? { ...scope, trigger: streamScopeOf(trigger.event, trigger.each) } : scope
  const parts = [sayTrigger(trigger, scope, speaker)]
  if (trigger.if !== undefined) {
    const condition = speaker.condition(trigger.if, inside)
    parts.push(speaker.pick(`仅当${condition}`, `only if ${condition}`))
  }
  if (waitFor !== undefined) {
    const awaited = sayEvent(waitFor, inside, speaker)
    const span = speaker.span(waitFor.within)
    parts.push(speaker.pick(`等待 ${span}内${awaited}`, `wait ${span} for ${awaited}`))
  }
  if (exit !== undefined) {
    const condition = speaker.condition(exit, inside)
    parts.push(speaker.pick(`若${condition}则退出`, `leave when ${condition}`))
  }
  const said = parts.join(speaker.pick('；', '; '))
  return language === 'zh' ? spaceChinese(said) : said.replace(/ {2,}/g, ' ').trim()
}

function sayTrigger(trigger: JourneyTrigger, scope: Scope, speaker: Speaker): string {
  if ('event' in trigger) {
    const event = sayEvent(trigger, scope, speaker)
    return speaker.pick(`发生${event}时`, `when ${event} happens`)
  }
  if ('schedule' in trigger) {
    return speaker.pick(`按时间表（${sayRefresh(trigger.schedule)}）`, `on schedule (${sayRefresh(trigger.schedule)})`)
  }
  const date = speaker.value(trigger.date, scope)
  const { every, shift, at } = trigger
  const yearly =
    every === undefined
      ? ''
      : speaker.pick(every === 'year' ? '每年' : '每月', `every ${every}${shift === undefined ? ' on' : ''} `)
  const moved = shift === undefined ? '' : sayShift(shift, speaker)
  const time = at === undefined ? '' : speaker.pick(` ${at}`, ` at ${at}`)
  return speaker.pick(`${yearly}${date}${moved}${time}`, `${yearly}${moved}${date}${time}`)
}

function sayShift(shift: string, speaker: Speaker): string {
  const isBefore = shift.startsWith('-')
  const span = speaker.span(shift.replace(/^[+-]/, ''))
  return speaker.pick(`${isBefore ? '前' : '后'} ${span}`, `${span} ${isBefore ? 'before' : 'after'} `)
}

function sayRefresh(refresh: Refresh): string {
  return typeof refresh === 'string' ? refresh : Object.values(refresh).join(' ')
}

function sayEvent(
  { event, each, where }: Pick<NonNullable<JourneyDocument['waitFor']>, 'event' | 'each' | 'where'>,
  scope: Scope,
  speaker: Speaker,
): string {
  const parts = sayStreamParts(event, each, where, undefined, scope, speaker, 'noun')
  return `${parts.event}${parts.where}`
}
