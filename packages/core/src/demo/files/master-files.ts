import { DAY_MS, dateOf, dayText, type LocalDay, localTimeText } from '../calendar.js'
import { countCompanies, employmentsOf, makeCompany } from '../companies.js'
import { EMAIL, MEMBER, PHONE, UNIONID } from '../ledger.js'
import { personOf } from '../life.js'
import type { Person } from '../people.js'
import { Random } from '../random.js'
import type { Shop } from '../shop.js'
import type { Tally } from '../truth.js'
import { Dirt } from './dirt.js'
import type { DemoCell, DemoRow } from './file.js'

/** The assortment as `goods.csv`. */
export function* goodsRows(shop: Shop): Generator<DemoRow> {
  for (const { sku, name, brand, category, priceBand, listPriceFen } of shop.goods.articles) {
    yield { file: 'goods.csv', cells: [sku, name, brand, category, priceBand, listPriceFen / 100] }
  }
}

/** The member master data as `customers.xlsx`, as it is after the history was played. */
export function* customerRows(shop: Shop, tally: Tally): Generator<DemoRow> {
  const dirt = new Dirt(shop.seed, 4)
  for (let index = 0; index < shop.customers; index++) {
    const registeredAt = shop.ledger.registeredAt[index] as number
    if (registeredAt === 0) continue
    const person = personOf(shop, index)
    const cells = customerCells(shop, person, registeredAt, dirt)
    tally.member()
    yield { file: 'customers.xlsx', cells }
    if (dirt.chance(0.006)) {
      // An older copy of the row further down: its time of change says that it is stale.
      const older = [...cells]
      older[12] = 0
      older[21] = localTimeText(registeredAt)
      tally.duplicate('customers.xlsx')
      yield { file: 'customers.xlsx', cells: older }
    }
    if (dirt.chance(0.0008)) {
      tally.reject('customers.xlsx', 1)
      const nobody = [...cells]
      for (const column of [0, 4, 5, 6]) nobody[column] = null
      yield { file: 'customers.xlsx', cells: nobody }
    }
  }
}

function customerCells(shop: Shop, person: Person, registeredAt: number, dirt: Dirt): DemoCell[] {
  const random = new Random(shop.seed, 7, person.index)
  const { ledger } = shop
  const knows = <T extends DemoCell>(share: number, value: T): T | null => (random.chance(share) ? value : null)
  const hasPhone = !dirt.chance(0.025)
  const badPhone = hasPhone && dirt.chance(0.008)
  const badEmail = person.email !== null && dirt.chance(0.008)
  const unionid = person.channels.values.length > 0 && random.chance(0.62) ? person.unionid : null
  ledger.saw(
    person,
    MEMBER | (hasPhone && !badPhone ? PHONE : 0) | (person.email && !badEmail ? EMAIL : 0) | (unionid ? UNIONID : 0),
  )
  const spentYuan = Math.floor((ledger.spentFen[person.index] as number) / 100)
  const changed = Math.max(registeredAt, shop.now - Math.floor(random.exponential() * 40 * DAY_MS))
  return [
    person.memberNumber,
    person.name,
    writeGender(person, dirt),
    writeBirthday(person, random, dirt),
    hasPhone ? (badPhone ? dirt.badPhone(person.phone) : dirt.phone(person.phone)) : null,
    person.email && writeEmail(person.email, badEmail, dirt),
    unionid,
    person.city.province,
    dirt.chance(0.05) ? `${person.city.name}市` : person.city.name,
    person.city.region,
    localTimeText(registeredAt),
    levelOf(spentYuan),
    spentYuan,
    random.chance(0.12) ? random.between(1, 40) * 50 : 0,
    knows(0.62, person.occupation),
    knows(0.45, person.incomeYuan),
    knows(0.5, person.education),
    person.interests.length > 0 ? person.interests.join('、') : null,
    person.store?.name ?? null,
    random.chance(0.83) ? '是' : '否',
    random.chance(0.6) ? '是' : '否',
    localTimeText(changed),
  ]
}

function levelOf(spentYuan: number): string {
  return spentYuan >= 8000 ? '钻石' : spentYuan >= 3000 ? '金卡' : spentYuan >= 800 ? '银卡' : '普通'
}

function writeGender(person: Person, dirt: Dirt): string | null {
  if (dirt.chance(0.06)) return dirt.chance(0.5) ? null : '未知'
  return dirt.chance(0.03) ? (person.gender === '女' ? 'F' : 'M') : person.gender
}

/** A date cell for most; text, a placeholder or nothing for others. */
function writeBirthday(person: Person, random: Random, dirt: Dirt): DemoCell {
  if (random.chance(0.17)) return null
  if (dirt.chance(0.012)) return '1900-01-01'
  if (dirt.chance(0.05))
    return dirt.chance(0.5) ? slashed(person.birthDay) : dayText(person.birthDay).replaceAll('-', '')
  return new Date(person.birthDay * DAY_MS)
}

function slashed(day: LocalDay): string {
  const { year, month, date } = dateOf(day)
  return `${year}/${month}/${date}`
}

function writeEmail(email: string, isBad: boolean, dirt: Dirt): string {
  if (isBad) return dirt.one([email.replace('@', '#'), email.replace('@', ''), `${email}@`])
  return dirt.chance(0.03) ? email.toUpperCase() : email
}

/** The companies as `companies.xlsx`. */
export function* companyRows(shop: Shop, tally: Tally): Generator<DemoRow> {
  for (let index = 0; index < countCompanies(shop.customers); index++) {
    const company = makeCompany(shop.seed, index)
    tally.company()
    const cells: DemoCell[] = [
      company.code,
      company.name,
      company.industry,
      company.employees,
      company.size,
      company.city.province,
    ]
    cells.push(company.city.name, company.city.region, company.creditScore, company.creditGrade)
    cells.push(new Date(company.foundedOn * DAY_MS), company.capitalYuan)
    yield { file: 'companies.xlsx', cells }
  }
}

/** Who works for which company, as `contacts.csv`: people are known there by their phone. */
export function* contactRows(shop: Shop, tally: Tally): Generator<DemoRow> {
  const dirt = new Dirt(shop.seed, 5)
  const companies = countCompanies(shop.customers)
  for (let index = 0; index < shop.customers; index++) {
    const person = personOf(shop, index)
    for (const { company, role, since, until } of employmentsOf(shop.seed, person, companies, shop.calendar)) {
      const { code, name } = makeCompany(shop.seed, company)
      const isLost = dirt.chance(0.01)
      if (isLost) tally.reject('contacts.csv', 1)
      else {
        tally.employment()
        shop.ledger.saw(person, PHONE)
      }
      const phone = isLost ? dirt.badPhone(person.phone) : dirt.phone(person.phone)
      yield {
        file: 'contacts.csv',
        cells: [code, name, person.name, phone, role, dayText(since), until === null ? null : dayText(until)],
      }
    }
  }
}
