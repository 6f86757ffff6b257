import { type BusinessCalendar, dayOf, type LocalDay } from './calendar.js'
import type { Person } from './people.js'
import { CITIES, type City } from './places.js'
import { Random, weighted } from './random.js'

/** A company that buys for its people or whose people buy. */
export interface Company {
  /** Company code: begins with 91X, which no registered company has. */
  readonly code: string
  readonly name: string
  readonly industry: string
  readonly employees: number
  readonly size: '微型' | '小型' | '中型' | '大型'
  readonly city: City
  /** 300…850. */
  readonly creditScore: number
  readonly creditGrade: 'A' | 'B' | 'C' | 'D'
  readonly foundedOn: LocalDay
  readonly capitalYuan: number
}

/** A person's work for a company. */
export interface Employment {
  /** Number of the company. */
  readonly company: number
  readonly role: string
  readonly since: LocalDay
  /** null = still there. */
  readonly until: LocalDay | null
}

const INDUSTRIES = weighted<readonly [industry: string, word: string]>([
  [['制造业', '精密制造'], 18],
  [['制造业', '新材料'], 8],
  [['批发零售', '商贸'], 16],
  [['信息技术', '网络科技'], 14],
  [['信息技术', '软件'], 6],
  [['餐饮住宿', '餐饮管理'], 8],
  [['教育培训', '教育科技'], 7],
  [['建筑业', '建设工程'], 7],
  [['物流运输', '供应链'], 6],
  [['医疗健康', '医疗器械'], 5],
  [['文化传媒', '文化传播'], 4],
  [['金融服务', '投资咨询'], 1],
])
const NAME_CHARACTERS = '云衡启岚拓森远瀚博锦汇信诚达盛润宏嘉禾泰恒川辰凌'
const ROLES = weighted<string>([
  ['员工', 52],
  ['采购', 20],
  ['行政', 14],
  ['负责人', 8],
  ['财务', 6],
])

/** How many companies a shop of this size knows. */
export function countCompanies(customers: number): number {
  return Math.max(5, Math.round((customers * 300) / 20_000))
}

/** Company number `index`, decided by (seed, index) alone. */
export function makeCompany(seed: number, index: number): Company {
  const random = new Random(seed, 5, index)
  const city = random.pick(CITIES)
  const [industry, word] = random.pick(INDUSTRIES)
  const employees = Math.max(3, Math.round(Math.exp(4.3 + 1.5 * random.normal())))
  const creditScore = Math.round(Math.min(850, Math.max(300, 560 + 22 * Math.log(employees) + 85 * random.normal())))
  return {
    code: `91X${String(330_000 + index * 17)}${random.word(9, '0123456789ABCDEFGHJKLMNPQRTUWXY')}`,
    name: `${city.name}${random.word(2, NAME_CHARACTERS)}${word}有限公司`,
    industry,
    employees,
    size: employees < 20 ? '微型' : employees < 300 ? '小型' : employees < 1000 ? '中型' : '大型',
    city,
    creditScore,
    creditGrade: creditScore >= 720 ? 'A' : creditScore >= 640 ? 'B' : creditScore >= 550 ? 'C' : 'D',
    foundedOn: dayOf(random.between(1994, 2023), random.between(1, 12), random.between(1, 28)),
    capitalYuan: Math.round(employees * (0.5 + random.exponential()) * 2) * 10_000,
  }
}

/** Where a person works: every `contact` has one company, some customers have one, a few have had two. */
export function employmentsOf(
  seed: number,
  person: Person,
  companies: number,
  calendar: BusinessCalendar,
): readonly Employment[] {
  const random = new Random(seed, 6, person.index)
  if (person.role === 'visitor' || (person.role !== 'contact' && !random.chance(0.055))) return []
  const moved = random.chance(0.07) ? calendar.lastDay - random.between(5, 200) : null
  const first = {
    // Large numbers are rarer, so that some companies have many contacts and most have few.
    company: Math.floor(random.unit() ** 1.5 * companies),
    role: random.pick(ROLES),
    since: calendar.lastDay - random.between(moved === null ? 30 : 250, 2500),
    until: moved,
  }
  if (moved === null || random.chance(0.4)) return [first]
  return [
    first,
    { company: (first.company + 1) % companies, role: first.role, since: moved + random.between(1, 25), until: null },
  ]
}
