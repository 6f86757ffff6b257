import type { Random } from '@tagtree/core/demo/random'

type Doc = Record<string, unknown>

/** What the parts of a generated definition are made of: the generator hands itself in. */
export interface Generating {
  readonly random: Random
  /** What is got from a stream, with a random test and window. */
  did(more: Doc, stream?: unknown): Doc
  tail(kind: 'number' | 'text' | 'date' | 'bool' | 'list', depth: number, inRow?: boolean): Doc
  number(depth: number): Doc
  condition(depth: number): Doc
  instant(): string
}

const SPANS = ['1h', '2d', '7d', '30d', '1mo', '200d']

/** A window that hangs on a moment of the subject. */
export function anchoredWindow(of: Generating): Doc {
  const { random: r } = of
  const anchor = (): unknown =>
    r.one<unknown>([
      of.instant(),
      { attr: 'birthday' },
      { did: 'order.paid', get: 'firstAt' },
      { did: 'order.paid', get: r.one(['firstAt', 'lastAt']), ...(r.chance(0.3) ? { nth: 2 } : {}) },
      { did: 'order.paid', where: { prop: 'amount', gte: 10 }, get: 'lastAt' },
      { did: 'page.viewed', get: 'lastAt', default: '2025-06-01' },
      { did: 'order.paid', get: { max: 'due' } },
    ])
  const skip = r.chance(0.3) ? { skip: r.one(SPANS) } : {}
  const length = r.chance(0.6) ? { for: r.one(SPANS) } : {}
  return r.one<() => Doc>([
    () => ({ from: anchor(), ...skip, ...length }),
    () => ({ after: anchor(), ...skip, ...length }),
    () => ({ to: anchor(), ...length }),
    () => ({ from: anchor(), to: anchor() }),
    () => ({ after: anchor(), ...skip, to: anchor() }),
    () => ({ period: r.one(['spring', 'later']) }),
  ])()
}

/** Numbers that need more than one aggregation of one scan. */
export function deepNumber(of: Generating): Doc {
  const { random: r } = of
  return r.one<() => Doc>([
    () => of.did({ get: { gaps: r.one(['avg', 'min', 'max', 'median', 'sd']) } }),
    () => ({ did: 'order.paid', each: 'items', get: { gaps: r.one(['avg', 'median']) } }),
    () => ({ did: 'order.paid', get: r.one(['count', { sum: 'amount' }, 'days', 'span']), within: anchoredWindow(of) }),
    () => ({ did: 'any', get: 'count', within: anchoredWindow(of) }),
    () => ({ did: 'order.paid', where: ownTest(of), get: r.one(['count', { sum: 'amount' }]) }),
    () => bucketed(of),
    () => bucketed(of),
    () => related(of),
    () => ({ clock: r.one(['hour', 'weekday', 'day', 'month', 'quarter', 'year']), of: clockDate(of) }),
    () => ({ clock: r.one(['hour', 'month', 'weekday']) }),
    () => changed(of),
    () => ofItems(r),
    () => ({
      ...r.one([{ attr: 'points' }, { metric: 'spend' }, { metric: 'basket' }, { metric: 'idle' }]),
      ...otherMoment(r),
    }),
    () => ({
      did: 'order.paid',
      get: 'count',
      where: { clock: r.one(['hour', 'day']), [r.one(['gte', 'lt'])]: r.between(1, 20) },
    }),
  ])()
}

/** Values of the subject on the right side of a test of one event. */
function ownTest(of: Generating): Doc {
  const { random: r } = of
  return r.one<() => Doc>([
    () => ({ prop: 'city', [r.one(['is', 'isNot'])]: { attr: 'city' } }),
    () => ({ prop: 'amount', [r.one(['gt', 'lte'])]: { metric: 'basket' } }),
    () => ({ prop: 'amount', [r.one(['gte', 'is'])]: { did: 'order.paid', get: { max: 'amount' } } }),
    () => ({ prop: 'due', [r.one(['gt', 'lt'])]: { did: 'order.paid', get: 'lastAt' } }),
    () => ({ prop: 'city', [r.one(['in', 'notIn'])]: { attr: 'interests' } }),
    () => ({ prop: 'city', notIn: { did: 'page.viewed', get: { values: 'city' }, within: { last: '30d' } } }),
    () => ({ prop: 'labels', hasAny: { attr: 'interests' } }),
    () => ({ prop: 'city', is: { attr: 'city', ago: '30d' } }),
    () => ({ prop: 'due', during: anchoredWindow(of) }),
    () => ({
      prop: 'order_id',
      is: { did: 'order.paid', where: { prop: 'city', is: { attr: 'city' } }, get: { last: 'order_id' } },
    }),
    () => ({ clock: 'month', is: { clock: 'month', of: { attr: 'birthday' } } }),
  ])()
}

/** Rows in buckets. */
function bucketed(of: Generating): Doc {
  const { random: r } = of
  const inner = r.one<() => Doc>([
    () =>
      of.did(
        { get: r.one(['count', 'count', 'days', { sum: 'amount' }, { avg: 'amount' }, { max: 'amount' }]) },
        'order.paid',
      ),
    () => of.did({ get: r.one(['count', 'span', { distinct: 'city' }]) }, ['order.paid', 'page.viewed']),
    () => ({ did: 'order.paid', each: 'items', get: r.one(['count', { sum: 'items.qty' }]) }),
    () => ({ did: 'order.paid', get: 'count', within: anchoredWindow(of) }),
  ])()
  const onItems = 'each' in inner
  const units = ['hour', 'day', 'week', 'month', 'quarter', 'year']
  const calendar = r.chance(0.6)
  const per = calendar
    ? r.one(units)
    : r.one<unknown>([
        'event',
        { session: r.one(['30min', '3d', '1mo']) },
        { prop: onItems ? 'items.sku' : 'city' },
        { prop: { clock: r.one(['hour', 'weekday']) } },
        ...(Array.isArray(inner.did) ? [] : [{ prop: r.one(['gift', 'labels', 'order_id', 'amount']) }]),
      ])
  const get = r.one(['count', 'sum', 'avg', 'min', 'max', ...(calendar ? ['streak', 'currentStreak', 'streak'] : [])])
  const having = r.chance(0.5) ? { having: { [r.one(['gte', 'gt', 'lt'])]: r.one([1, 2, 10]) } } : {}
  return { per, of: inner, ...having, get }
}

/** Related subjects: the companies of a person, their other people, who brought whom. */
function related(of: Generating): Doc {
  const { random: r } = of
  return r.one<() => Doc>([
    () => ({ via: 'employer', ...role(r), get: 'count' }),
    () => ({ via: 'employer', ...role(r), of: { attr: 'employees' }, get: r.one(['sum', 'avg', 'min', 'max']) }),
    () => ({ via: 'employer', where: { attr: 'industry', is: 'retail' }, get: r.one(['count', 'share']) }),
    () => ({ via: 'employer', where: { via: 'employs', where: { metric: 'spend', gt: 0 }, gte: 2 }, get: 'count' }),
    () => ({ via: 'referred', where: of.condition(0), get: r.one(['count', 'share']) }),
    () => ({ via: 'referred_by', of: { metric: 'spend' }, get: r.one(['sum', 'avg']) }),
    () => ({ via: 'referred', of: { did: 'order.paid', within: { last: '30d' } }, get: 'max' }),
  ])()
}

function role(r: Random): Doc {
  return r.chance(0.3) ? { role: r.one(['buyer', 'boss']) } : {}
}

/** Numbers of organisations. */
export function companyNumber({ random: r }: Generating): Doc {
  return r.one<Doc>([
    { attr: 'employees' },
    { via: 'employs', get: 'count' },
    { via: 'employs', of: { metric: 'spend' }, get: r.one(['sum', 'avg', 'max']) },
    { via: 'employs', where: { tag: 'tier', is: 'high' }, get: r.one(['count', 'share']) },
    { via: 'employs', where: { tag: 'grade', gte: 'B' }, of: { did: 'order.paid' }, get: 'sum' },
    { via: 'employs', where: { member: { segment: 'recent' } }, get: 'count' },
    { did: { changes: { relation: 'employs' } }, get: 'count', where: { prop: 'op', is: 'added' } },
  ])
}

function clockDate(of: Generating): Doc {
  return of.random.one<Doc>([
    { attr: 'birthday' },
    { did: 'order.paid', get: 'lastAt' },
    { did: 'any', get: 'firstAt' },
  ])
}

/** Lines by what the catalogue of goods says of their items. */
function ofItems(r: Random): Doc {
  return r.one<Doc>([
    { did: 'order.paid', each: 'items', where: { prop: 'items.sku.brand', is: 'Acme' }, get: 'count' },
    { did: 'order.paid', each: 'items', get: r.one([{ sum: 'items.sku.price' }, { distinct: 'items.sku.brand' }]) },
    { did: 'order.paid', each: 'items', where: { prop: 'items.price', gt: { prop: 'items.sku.price' } } },
    { did: 'order.paid', where: { prop: 'items.sku.brand', hasAny: r.one<unknown>([['Acme'], { list: 'brands' }]) } },
    { did: 'order.paid', where: { prop: 'items.sku.price', hasAll: ['10'] } },
    {
      did: 'order.paid',
      each: 'items',
      where: { prop: 'items.sku', in: { list: 'brands' } },
      get: { sum: 'items.qty' },
    },
    { did: 'order.paid', where: { prop: 'city', notIn: { list: 'brands' } } },
    {
      per: { prop: 'items.sku.brand' },
      of: { did: 'order.paid', each: 'items', get: { sum: 'items.qty' } },
      get: 'max',
    },
  ])
}

/** A moment that is not now. */
export function otherMoment(r: Random): Doc {
  return r.one<Doc>([
    { ago: r.one(['7d', '1mo', '100d']) },
    { at: r.one(['2026-03-01', '2025-12-31T10:00:00Z', '2030-01-01']) },
    { at: { start: r.one(['day', 'week', 'month', 'quarter', 'year']) } },
  ])
}

/** How often something changed. */
function changed(of: Generating): Doc {
  const { random: r } = of
  const [stream, where] = r.one<() => [Doc, Doc[]]>([
    () => [
      { attr: 'city' },
      [
        { prop: 'from', is: '上海' },
        { prop: 'to', known: false },
        { prop: 'op', is: 'set' },
      ],
    ],
    () => [
      { attr: 'points' },
      [
        { prop: 'to', gt: { prop: 'from' } },
        { prop: 'op', is: 'removed' },
      ],
    ],
    () => [
      { attr: 'interests' },
      [
        { prop: 'to', hasAny: ['x'] },
        { prop: 'op', is: 'added' },
      ],
    ],
    () => [{ attr: 'vip' }, [{ prop: 'to', is: true }]],
    () => [{ attr: 'birthday' }, [{ prop: 'to', lt: '2000-01-01' }]],
    () => [
      { tag: 'rank' },
      [
        { prop: 'from', is: 'high' },
        { prop: 'to', lt: { prop: 'from' } },
        { prop: 'op', is: 'added' },
      ],
    ],
    () => [
      { tag: 'styles' },
      [
        { prop: 'to', is: 'red' },
        { prop: 'op', is: 'removed' },
      ],
    ],
    () => [
      { segment: 'watched' },
      [
        { prop: 'to', is: true },
        { prop: 'op', is: 'removed' },
      ],
    ],
    () => [
      { list: 'chosen' },
      [
        { prop: 'to', is: true },
        { prop: 'op', is: 'added' },
      ],
    ],
    () => [
      { relation: 'employer' },
      [
        { prop: 'op', is: 'added' },
        { prop: 'op', is: 'removed' },
      ],
    ],
    () => [{ relation: 'referred' }, [{ prop: 'op', is: 'added' }]],
  ])()
  const within = r.one<Doc>([{}, { within: { last: '200d' } }, { within: anchoredWindow(of) }])
  const get = r.one(['count', 'days', { gaps: 'min' }, { distinct: 'op' }])
  return { did: { changes: stream }, get, ...(r.chance(0.7) ? { where: r.one(where) } : {}), ...within }
}

/** Texts: parts of moments, values of changes, related lists. */
export function deepText(of: Generating): Doc {
  const { random: r } = of
  return r.one<() => Doc>([
    () => ({ clock: r.one(['week', 'yearMonth', 'dayKind', 'holiday', 'promotion']), of: clockDate(of) }),
    () => ({ did: 'order.paid', get: { last: { clock: r.one(['week', 'yearMonth', 'dayKind', 'holiday']) } } }),
    () => ({ did: { changes: { attr: 'city' } }, get: { last: r.one(['from', 'to', 'op']) } }),
    () => ({ did: { changes: { tag: 'rank' } }, get: { first: r.one(['from', 'to']) } }),
    () => ({ attr: r.one(['city', 'level']), ...otherMoment(r) }),
    () => ({ tag: r.one(['tier', 'grade', 'mood']), ...otherMoment(r) }),
    () => ({ clock: r.one(['dayKind', 'promotion', 'yearMonth']) }),
  ])()
}

/** Conditions that are no comparison. */
export function deepCondition(of: Generating): Doc {
  const { random: r } = of
  return r.one<() => Doc>([
    () => sequence(of),
    () => sequence(of),
    () => ({ member: { sample: { share: r.one([0, 0.3, 0.5, 1]), seed: r.one(['a', 'b']) } } }),
    () => ({ member: r.one([{ segment: 'recent' }, { list: 'chosen' }]), ...otherMoment(r) }),
    () => ({ member: { node: `plan/${r.one(['much', 'north', 'some', 'rest', 'elsewhere'])}` } }),
    () => ({ tag: 'rank', is: 'high', ...otherMoment(r) }),
    () => ({
      via: 'employer',
      of: r.one([{ attr: 'industry' }, { did: 'order.paid', get: { values: 'city' } }]),
      get: 'list',
      [r.one(['hasAny', 'hasNone'])]: ['retail', 'mining'],
    }),
    () => ({ clock: 'date', of: clockDate(of), [r.one(['lt', 'gte'])]: of.instant() }),
    () => ({ clock: 'promotion', of: clockDate(of), known: true }),
  ])()
}

/** Events one after another, with every limit there is. */
function sequence(of: Generating): Doc {
  const { random: r } = of
  const keyed = r.chance(0.4)
  const total = r.chance(0.35)
  const steps = r.between(1, 3)
  const step = (index: number): Doc => {
    const isOrder = r.chance(0.7)
    const did = isOrder ? 'order.paid' : 'page.viewed'
    const lines = isOrder && r.chance(0.2) ? { each: 'items' } : {}
    const key = keyed ? { key: isOrder && r.chance(0.2) && !('each' in lines) ? 'labels' : 'city' } : {}
    const where = r.chance(0.4)
      ? { where: isOrder ? { prop: 'amount', gte: r.one([0, 10, 100]) } : { prop: 'city', known: true } }
      : {}
    if (index === 0) return { did, ...lines, ...where, ...key }
    const gap = !total && r.chance(0.5) ? { gap: r.one(['1d', '20d', '1mo', '100d']) } : {}
    const without = r.chance(0.3) ? { without: { did: r.one(['message.sent', 'page.viewed', 'order.paid']) } } : {}
    return { did, ...lines, ...where, ...key, ...gap, ...without }
  }
  const never = steps === 1 || r.chance(0.4)
  const notThen = never
    ? {
        notThen: {
          did: r.one(['order.paid', 'page.viewed']),
          ...(keyed ? { key: 'city' } : {}),
          ...(r.chance(0.6) ? { within: r.one(['3d', '30d', '1mo']) } : {}),
        },
      }
    : {}
  return {
    sequence: Array.from({ length: steps }, (_, index) => step(index)),
    ...(total && steps > 1 ? { total: r.one(['30d', '90d', '1mo']) } : {}),
    ...(r.chance(0.4) ? { within: r.chance(0.7) ? { last: r.one(['90d', '200d']) } : anchoredWindow(of) } : {}),
    ...notThen,
  }
}

/** The heaviest values of a property. */
export function topAssign(of: Generating): Doc {
  const { random: r } = of
  const lines = r.chance(0.25)
  const top = lines
    ? r.one<unknown>(['items.sku', 'items.qty', 'city'])
    : r.one<unknown>([
        'city',
        'labels',
        'items.sku',
        'order_id',
        { clock: r.one(['hour', 'weekday', 'yearMonth']) },
        'due',
        'gift',
      ])
  const weight = r.one<Doc>([
    {},
    { weight: { halfLife: r.one(['7d', '30d', '1mo']) } },
    { weight: { sum: lines ? 'items.qty' : 'amount' } },
    { weight: { sum: 'amount', halfLife: '100d' } },
    { weight: { events: { 'order.paid': r.one([2, 0.5, 0]) } } },
  ])
  const multi = r.chance(0.6)
  return {
    ...(multi ? { family: 'multi' } : {}),
    assign: {
      top,
      did: 'order.paid',
      ...(lines ? { each: 'items' } : {}),
      ...(r.chance(0.3) ? { where: ownTest(of) } : {}),
      ...r.one<Doc>([{}, { within: { last: '200d' } }, { within: anchoredWindow(of) }]),
      ...weight,
      ...(multi ? { n: r.between(1, 3) } : {}),
      ...(r.chance(0.3) ? { atLeast: r.between(2, 4) } : {}),
      ...(r.chance(0.3) ? { share: r.one([0.2, 0.5]) } : {}),
    },
  }
}
