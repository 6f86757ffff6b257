import { dateOf, localDayOf, localTimeText, startOfDay } from '../calendar.js'
import { Random } from '../random.js'

/**
 * The dirt of one file. It has its own random stream, so that the people and their history are the same whatever dirt
 * a file carries. Dirt either changes how a value is written, or is an additional row that no import should accept.
 */
export class Dirt extends Random {
  constructor(seed: number, file: number) {
    super(seed, 9, file)
  }

  /** A phone as people type it: usually plain, sometimes with the country code, blanks, dashes or full-width digits. */
  phone(plain: string): string {
    if (!this.chance(0.05)) return plain
    const [a, b, c] = [plain.slice(0, 3), plain.slice(3, 7), plain.slice(7)]
    const fullWidth = (): string => plain.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))
    return this.one([`+86 ${plain}`, `${a} ${b} ${c}`, `${a}-${b}-${c}`, `86${plain}`, fullWidth()])
  }

  /** Something in a phone column that is no phone. */
  badPhone(plain: string): string {
    return this.one([plain.slice(0, 8), '无', '00000000000', `${plain}${plain.slice(0, 4)}`])
  }

  /** A time of the shop's systems; sometimes as a spreadsheet has rewritten it, without seconds and padding. */
  time(instantMs: number): string {
    if (!this.chance(0.006)) return localTimeText(instantMs)
    const day = localDayOf(instantMs)
    const { year, month, date } = dateOf(day)
    const minutes = Math.floor((instantMs - startOfDay(day)) / 60_000)
    return `${year}/${month}/${date} ${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
  }
}
