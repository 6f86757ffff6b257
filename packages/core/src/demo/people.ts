import { type BusinessCalendar, dayOf, type LocalDay } from './calendar.js'
import type { Goods } from './goods.js'
import { type Gender, makeName } from './names.js'
import { CITIES, type City, STORE_CITIES, STORES, type Store } from './places.js'
import { Random, type Weighted, weighted } from './random.js'

export type Channel = 'app' | 'miniprogram' | 'web' | 'store' | 'phone'

/**
 * What the shop can know of somebody: `member` has (or will have) a member number, `walkIn` buys in stores and is known
 * by phone, `caller` orders by phone, `contact` is only named by a company, `visitor` never says who she is.
 */
export type Role = 'member' | 'walkIn' | 'caller' | 'contact' | 'visitor'

/** One true person with her habits. Everything here is decided by (seed, index) alone. */
export interface Person {
  readonly index: number
  readonly role: Role
  readonly name: string
  readonly gender: Gender
  readonly birthDay: LocalDay
  readonly city: City
  /** The store she goes to, when her city has one. */
  readonly store: Store | null
  readonly memberNumber: string
  readonly phone: string
  /** A second number she gives at the till; `joined` when a receipt shows it beside her member number. */
  readonly otherPhone: { readonly value: string; readonly joined: boolean } | null
  readonly email: string | null
  readonly unionid: string | null
  /** Her own devices, the main one first. */
  readonly devices: readonly string[]
  /** A device she shares with a member of her household. */
  readonly sharedDevice: string | null
  readonly occupation: string
  readonly incomeYuan: number
  readonly education: string
  readonly interests: readonly string[]
  readonly channels: Weighted<Channel>
  /** Favourite categories, the first one more than the second. */
  readonly favourites: readonly [string, string]
  /** 0 cheap, 1 middle, 2 dear. */
  readonly taste: 0 | 1 | 2
  /** Business time of her first visit; negative when she was a customer before the history starts. */
  readonly arrival: number
  /** The visit in which she registers; 0 = before the history starts, Infinity = never. */
  readonly registersAtVisit: number
  /** Purchases per unit of business time while she is a customer; 0 for people who only look. */
  readonly buyRate: number
  /** Probability to stop after each purchase. */
  readonly dropout: number
  /** Visits without a purchase per unit of business time. */
  readonly browseRate: number
  /** 0…1: how much she likes coupons. */
  readonly thrift: number
  /** Standard normal: how content she is with the shop. */
  readonly content: number
  /** Probability to share something in a visit. */
  readonly sharing: number
  /** Hours her usual visits are moved by. */
  readonly hourShift: number
}

const ROLES = weighted<Role>([
  ['member', 72],
  ['walkIn', 21],
  ['caller', 5],
  ['contact', 2],
])

const CHANNEL_HABITS = weighted<Weighted<Channel>>([
  [habit(82, 8, 5, 5, 0), 38],
  [habit(10, 78, 4, 8, 0), 30],
  [habit(15, 5, 76, 3, 1), 14],
  [habit(28, 26, 6, 40, 0), 16],
  [habit(5, 12, 5, 18, 60), 2],
])

function habit(app: number, miniprogram: number, web: number, store: number, phone: number): Weighted<Channel> {
  return weighted<Channel>([
    ['app', app],
    ['miniprogram', miniprogram],
    ['web', web],
    ['store', store],
    ['phone', phone],
  ])
}
const ONLY_STORE = habit(0, 0, 0, 1, 0)
const MOSTLY_STORE = habit(6, 14, 2, 78, 0)
const ONLY_PHONE = habit(0, 0, 0, 6, 94)
const ONLY_ONLINE = habit(35, 0, 65, 0, 0)

const OCCUPATIONS = [
  '企业职员',
  '教师',
  '医护人员',
  '自由职业',
  '个体经营',
  '工程师',
  '公务员',
  '销售',
  '学生',
  '家庭主妇',
  '退休',
]
const EDUCATION = weighted<string>([
  ['高中及以下', 22],
  ['大专', 27],
  ['本科', 40],
  ['硕士及以上', 11],
])
const INTERESTS = ['美妆', '健身', '亲子', '烹饪', '旅行', '阅读', '数码', '穿搭', '宠物', '露营', '影视', '养生']

/** Ranges that are not given out, so that no number of the demo can belong to somebody. */
const PHONE_RANGES = ['154', '160', '161', '163', '164', '168', '169', '179']
const MAIL_HOSTS = ['example.com', 'example.net', 'example.org']
const HEX = '0123456789abcdef'
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_'

/** Person number `index`; indexes from `customers` on are visitors who never say who they are. */
export function makePerson(
  seed: number,
  index: number,
  customers: number,
  calendar: BusinessCalendar,
  goods: Goods,
): Person {
  const random = new Random(seed, 2, index)
  const role = index >= customers ? 'visitor' : random.pick(ROLES)
  const household = makeHousehold(seed, index, customers)
  const city = household?.city ?? pickCity(random, role)
  const stores = STORES.filter((store) => store.city === city.name)
  const store = stores.length > 0 ? random.one(stores) : null
  const gender: Gender = random.chance(0.61) ? '女' : '男'
  const birthYear = pickBirthYear(random, role)
  const taste = pickTaste(random, city)
  const onlyLooks = role === 'visitor' || role === 'contact' || (role === 'member' && random.chance(0.19))
  const arrival = role !== 'visitor' && random.chance(0.4) ? -1 : random.unit() * calendar.end
  return {
    index,
    role,
    name: makeName(random, gender, birthYear),
    gender,
    birthDay: dayOf(birthYear, random.between(1, 12), random.between(1, 28)),
    city,
    store,
    memberNumber: `YL${10_000_000 + index * 7 + random.below(7)}`,
    phone: makePhone(random, index),
    otherPhone: random.chance(0.022)
      ? { value: makePhone(random, index + 50_000_000), joined: random.chance(0.6) }
      : null,
    email: random.chance(0.58) ? makeEmail(random, index) : null,
    unionid: role === 'member' || role === 'walkIn' ? `o${random.word(27, LETTERS)}` : null,
    devices: Array.from({ length: 1 + (random.chance(0.34) ? 1 : 0) + (random.chance(0.08) ? 1 : 0) }, () =>
      makeDevice(random),
    ),
    sharedDevice: household?.device ?? null,
    occupation: birthYear < 1963 ? '退休' : random.one(OCCUPATIONS),
    incomeYuan: Math.round(Math.exp(8.7 + 0.28 * taste - 0.1 * city.tier + 0.42 * random.normal()) / 100) * 100,
    education: random.pick(EDUCATION),
    interests: pickInterests(random),
    channels: pickChannels(random, role),
    favourites: pickFavourites(random, goods, gender),
    taste,
    arrival,
    registersAtVisit: pickRegistration(random, role, arrival),
    buyRate: onlyLooks ? 0 : (random.gamma(0.85) / 0.85) * 0.0148,
    dropout: random.beta(0.9, 6),
    browseRate: onlyLooks ? 0.003 + 0.0075 * random.exponential() : 0.0013 + 0.0037 * random.gamma(0.8),
    thrift: random.beta(1.3, 2.2),
    content: random.normal(),
    sharing: random.chance(0.06) ? 0.85 : 0.012,
    hourShift: random.one([-9, -1, 0, 0, 0, 1, 2]),
  }
}

/** Two neighbours in number who live together and share a device, or null. */
function makeHousehold(seed: number, index: number, customers: number): { city: City; device: string } | null {
  if (index >= customers) return null
  const random = new Random(seed, 3, index >> 1)
  if (!random.chance(0.035)) return null
  return { city: random.pick(CITIES), device: makeDevice(random) }
}

function pickCity(random: Random, role: Role): City {
  for (;;) {
    const city = random.pick(CITIES)
    if (role !== 'walkIn' || STORE_CITIES.has(city.name)) return city
  }
}

function pickBirthYear(random: Random, role: Role): number {
  const age = role === 'caller' ? 63 + 8 * random.normal() : 37 + 12 * random.normal()
  return Math.round(2025 - Math.min(84, Math.max(17, age)))
}

function pickTaste(random: Random, city: City): 0 | 1 | 2 {
  const level = random.normal() + (city.tier === 1 ? 0.45 : city.tier === 2 ? 0.1 : -0.35)
  return level < -0.45 ? 0 : level < 0.85 ? 1 : 2
}

function pickChannels(random: Random, role: Role): Weighted<Channel> {
  if (role === 'visitor' || role === 'contact') return ONLY_ONLINE
  if (role === 'caller') return ONLY_PHONE
  if (role === 'walkIn') return random.chance(0.5) ? ONLY_STORE : MOSTLY_STORE
  return random.pick(CHANNEL_HABITS)
}

/** Two favourite categories (sometimes the same one), leaning to what her gender buys more often. */
function pickFavourites(random: Random, goods: Goods, gender: Gender): readonly [string, string] {
  const leaning = gender === '女' ? ['护肤', '彩妆', '母婴'] : ['数码配件', '运动户外', '家电']
  const favourite = (): string => (random.chance(0.35) ? random.one(leaning) : random.pick(goods.categories))
  return [favourite(), favourite()]
}

/** A category she shops in: mostly a favourite, otherwise any. */
export function pickCategory(person: Person, goods: Goods, random: Random): string {
  if (random.chance(0.32)) return random.pick(goods.categories)
  return person.favourites[random.chance(0.65) ? 0 : 1]
}

function pickInterests(random: Random): readonly string[] {
  const count = random.between(0, 4)
  return [...new Set(Array.from({ length: count }, () => random.one(INTERESTS)))]
}

function pickRegistration(random: Random, role: Role, arrival: number): number {
  if (role === 'visitor' || role === 'contact' || role === 'caller') return Number.POSITIVE_INFINITY
  if (role === 'walkIn') {
    if (random.chance(0.48)) return Number.POSITIVE_INFINITY
    return arrival < 0 && random.chance(0.35) ? 0 : random.between(1, 4)
  }
  if (arrival < 0) return 0
  return random.chance(0.62) ? 1 : random.chance(0.7) ? 2 : 3
}

/** An own number for every index: the last eight digits are a permutation of the index. */
function makePhone(random: Random, index: number): string {
  const scrambled = (index * 61_234_567 + 20_260_101) % 100_000_000
  return random.one(PHONE_RANGES) + String(scrambled).padStart(8, '0')
}

function makeEmail(random: Random, index: number): string {
  return `${random.word(random.between(3, 8), 'abcdefghijklmnopqrstuvwxyz')}${index.toString(36)}@${random.one(MAIL_HOSTS)}`
}

function makeDevice(random: Random): string {
  return `d-${random.word(12, HEX)}`
}
