import { countCompanies, employmentsOf, makeCompany } from './companies.js'
import { personOf } from './life.js'
import { type DemoOptions, openShop } from './shop.js'

/** A member whom the shop's staff put on the list of key accounts. */
export interface KeyAccount {
  readonly memberNumber: string
  readonly value: '大客户' | '潜力客户'
}

const DECIDING = new Set(['负责人', '采购'])
const LARGE = 300
const PROMISING = 100

/** Members of long standing who buy or decide for a company with at least 100 people. */
export function keyAccounts(options: DemoOptions): KeyAccount[] {
  const shop = openShop(options)
  const companies = countCompanies(options.customers)
  const accounts: KeyAccount[] = []
  for (let index = 0; index < options.customers; index++) {
    const person = personOf(shop, index)
    if (person.registersAtVisit !== 0) continue
    const employees = employmentsOf(options.seed, person, companies, shop.calendar)
      .filter(({ role, until }) => DECIDING.has(role) && until === null)
      .map(({ company }) => makeCompany(options.seed, company).employees)
    const most = Math.max(0, ...employees)
    if (most < PROMISING) continue
    accounts.push({ memberNumber: person.memberNumber, value: most >= LARGE ? '大客户' : '潜力客户' })
  }
  return accounts
}
