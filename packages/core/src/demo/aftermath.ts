import { DAY_MS } from './calendar.js'
import { type Random, weighted } from './random.js'
import type { OrderRecord, ReturnRecord, ServiceRecord, ShopRecord, SurveyRecord, WebRecord } from './records.js'

const RETURN_SHARE: Readonly<Record<string, number>> = { 服饰: 0.13, 数码配件: 0.07, 家电: 0.05, 彩妆: 0.05 }
const RETURN_REASONS = weighted<string>([
  ['不喜欢', 30],
  ['质量问题', 22],
  ['尺码不合', 20],
  ['与描述不符', 13],
  ['物流太慢', 9],
  ['价格下降', 6],
])
const TOPICS = weighted<string>([
  ['物流', 32],
  ['质量', 24],
  ['服务', 16],
  ['价格', 14],
  ['使用', 14],
])
const GOOD_WORDS = [
  '质量很好，会回购',
  '物流很快，包装仔细',
  '家人都喜欢',
  '性价比高',
  '客服很耐心',
  '第二次买了，一如既往',
]
const FAIR_WORDS = ['一般般，凑合用', '没有想象中好', '东西还行，物流慢了点', '价格略高']
const POOR_WORDS = ['用了两次就坏了', '和描述不一样，失望', '客服一直不回复', '包装破了，漏得到处都是', '刚买就降价']

/** What follows an order in the weeks after it: returns, reviews, questions, complaints, survey answers. */
export function afterOrder(
  order: OrderRecord,
  device: string | null,
  isRegistered: boolean,
  random: Random,
): ShopRecord[] {
  const { person } = order
  const records: ShopRecord[] = []
  const mood = person.content + 0.9 * random.normal()
  const unhappy = Math.exp(-0.45 * mood)
  for (const line of order.lines) {
    if (!random.chance((RETURN_SHARE[line.article.category] ?? 0.028) * unhappy)) continue
    records.push(makeReturn(order, line, random))
  }
  if (isRegistered && device !== null && random.chance(0.11)) records.push(makeReview(order, device, mood, random))
  if (random.chance(0.035 * unhappy)) records.push(makeTicket(order, mood, random))
  if (isRegistered && random.chance(0.032)) records.push(makeSurvey(order, mood, random))
  return records
}

function makeReturn(order: OrderRecord, line: OrderRecord['lines'][number], random: Random): ReturnRecord {
  const ts = order.ts + random.between(1, 12) * DAY_MS + random.below(36_000) * 1000
  const state = random.chance(0.86) ? '已退款' : random.chance(0.6) ? '换货' : '已拒绝'
  return {
    kind: 'return',
    ts,
    person: order.person,
    order,
    line,
    reason: random.pick(RETURN_REASONS),
    state,
    refundedAt: state === '已退款' ? ts + random.between(1, 4) * DAY_MS : null,
  }
}

function makeReview(order: OrderRecord, device: string, mood: number, random: Random): WebRecord {
  const rating = Math.max(1, Math.min(5, Math.round(4.2 + 0.85 * mood)))
  const words = rating >= 4 ? GOOD_WORDS : rating === 3 ? FAIR_WORDS : POOR_WORDS
  return {
    kind: 'web',
    ts: order.ts + random.between(2, 14) * DAY_MS + random.below(20_000) * 1000,
    person: order.person,
    event: 'review.posted',
    channel: 'app',
    device,
    loggedIn: true,
    properties: {
      order_id: order.number,
      sku: (order.lines[0] as OrderRecord['lines'][number]).article.sku,
      rating,
      text: random.one(words),
    },
  }
}

function makeTicket(order: OrderRecord, mood: number, random: Random): ServiceRecord {
  const type = mood < -0.9 ? '投诉' : random.chance(0.45) ? '咨询' : '售后'
  return {
    kind: 'service',
    ts: order.ts + random.between(1, 9) * DAY_MS + random.below(30_000) * 1000,
    person: order.person,
    type,
    topic: random.pick(TOPICS),
    priority: type === '投诉' || random.chance(0.1) ? '紧急' : '普通',
    member: order.member,
    phone: order.phone ?? (order.member === null ? null : order.person.phone),
  }
}

function makeSurvey(order: OrderRecord, mood: number, random: Random): SurveyRecord {
  const score = (middle: number, low: number, high: number): number =>
    Math.max(low, Math.min(high, Math.round(middle + mood * (high - low) * 0.17)))
  const kind = random.below(10)
  const csat = score(4, 1, 5)
  const nps = score(7.4, 0, 10)
  const plan = random.one(['一个月内', '三个月内', '暂无计划'])
  const base = {
    kind: 'survey' as const,
    ts: order.ts + random.between(3, 21) * DAY_MS + random.below(36_000) * 1000,
    person: order.person,
    member: order.person.memberNumber,
    phone: random.chance(0.4) ? order.person.phone : null,
  }
  if (kind < 5)
    return { ...base, survey: 'csat', answers: [{ question: '整体满意度', answer: `${csat}分`, score: csat }] }
  if (kind < 8) return { ...base, survey: 'nps', answers: [{ question: '推荐意愿', answer: `${nps}分`, score: nps }] }
  return {
    ...base,
    survey: '需求调研',
    answers: [
      { question: '购买计划', answer: plan, score: null },
      { question: '最看重', answer: random.one(['价格', '质量', '品牌', '服务']), score: null },
    ],
  }
}
