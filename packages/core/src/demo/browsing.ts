import type { Article, Goods } from './goods.js'
import { type Channel, type Person, pickCategory } from './people.js'
import { STORES } from './places.js'
import { type Random, weighted } from './random.js'
import type { OrderLine, WebRecord } from './records.js'

const SOURCES = weighted<readonly [source: string, medium: string]>([
  [['direct', 'none'], 46],
  [['wechat', 'social'], 20],
  [['douyin', 'social'], 12],
  [['baidu', 'cpc'], 12],
  [['xiaohongshu', 'social'], 8],
  [['email', 'email'], 2],
])
const SHARE_TARGETS = ['微信好友', '朋友圈', '微博', '小红书']
const PAGES = weighted<string>([
  ['/', 40],
  ['/sale', 22],
  ['/category', 20],
  ['/member', 10],
  ['/help', 5],
  ['/invite', 3],
])

/** What she does in one visit to the app, the web site or the mini program, as tracking sees it. */
export interface Browsing {
  readonly person: Person
  readonly channel: Channel
  readonly ts: number
  readonly device: string
  /** She was already known on that device, or logs in now. */
  readonly loggedIn: boolean
  readonly logsInNow: boolean
  /** What she buys at the end; empty when she only looks. */
  readonly basket: readonly OrderLine[]
}

/** The tracking records of one visit, in time order, and the instant it ends. */
export function browse(visit: Browsing, goods: Goods, random: Random): { records: WebRecord[]; end: number } {
  const { person, channel, device, basket } = visit
  const records: WebRecord[] = []
  let ts = visit.ts
  let loggedIn = visit.loggedIn && !visit.logsInNow
  const add = (event: string, properties: WebRecord['properties']): void => {
    records.push({ kind: 'web', ts, person, event, channel, device, loggedIn, properties })
    ts += random.between(4, 150) * 1000
  }
  if (channel === 'app') add('app.opened', {})
  else {
    const [utm_source, utm_medium] = random.pick(SOURCES)
    add('page.viewed', utm_source === 'direct' ? { url: '/' } : { url: '/', utm_source, utm_medium })
  }
  if (visit.logsInNow) {
    loggedIn = true
    add('login', { city: person.city.name })
  }
  if (random.chance(0.2)) add('page.viewed', { url: random.pick(PAGES) })
  const wanted = basket.map((line) => line.article)
  const looked = lookedAt(person, wanted, goods, random)
  if (looked.length > 0 && random.chance(0.3)) {
    const article = looked[0] as Article
    add('search.done', {
      keyword: random.chance(0.5) ? article.category : (article.name.slice(article.brand.length).split(' ')[0] ?? ''),
      category: article.category,
    })
  }
  for (const article of looked) add('product.viewed', look(article))
  const carted =
    wanted.length > 0 ? basket : random.chance(0.24) && looked[0] ? [{ article: looked[0], quantity: 1 }] : []
  for (const { article, quantity } of carted.slice(0, random.chance(0.3) ? 2 : 1))
    add('cart.added', { ...look(article), qty: quantity })
  if (loggedIn) addSocial(person, looked, add, random)
  return { records, end: ts }
}

function look(article: Article): { sku: string; category: string; price: number } {
  return { sku: article.sku, category: article.category, price: article.listPriceFen / 100 }
}

/** Goods she looks at: what she wants to buy, sometimes not seen again before, and others of her taste. */
function lookedAt(person: Person, wanted: readonly Article[], goods: Goods, random: Random): Article[] {
  const others = Array.from({ length: random.poisson(wanted.length > 0 ? 0.35 : 1.3) }, () =>
    random.pick(goods.popular(pickCategory(person, goods, random), person.taste)),
  )
  return [...others, ...wanted.filter(() => random.chance(0.6))]
}

function addSocial(
  person: Person,
  looked: readonly Article[],
  add: (event: string, properties: WebRecord['properties']) => void,
  random: Random,
): void {
  if (random.chance(person.sharing)) {
    add('share.done', { target: random.one(SHARE_TARGETS), ...(looked[0] ? { sku: looked[0].sku } : {}) })
    if (random.chance(0.3)) add('referral.made', { code: `R${person.memberNumber.slice(2)}` })
  }
  if (looked[0] && random.chance(0.03)) add('wishlist.added', look(looked[0]))
  if (person.store && random.chance(0.05)) {
    const nearby = STORES.filter((store) => store.city === person.city.name)
    add('visit.store', { store: random.one(nearby).name })
  }
}
