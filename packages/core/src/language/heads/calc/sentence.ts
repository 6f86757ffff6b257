import type { CalcOperator, CalcValue, EventValue, Value } from '../../document.js'
import type { SayHead, Speaker } from '../../frame/speaker.js'

const SIGNS: Partial<Record<CalcOperator, string>> = { add: ' + ', sub: ' − ', mul: ' × ', div: ' ÷ ' }

/** `{A} ÷ {B}`. */
export const calcSentence: SayHead<CalcValue> = ({ calc, of }, scope, speaker) =>
  sayCalculation(calc, of, (term) => speaker.value(term as Value, scope), speaker)

/** `{A} ÷ {B}` of the event's values. */
export const eventCalcSentence: SayHead<{ calc: CalcOperator; of: (EventValue | Value | number)[] }> = (
  { calc, of },
  scope,
  speaker,
) => sayCalculation(calc, of, (term) => speaker.eventValue(term, scope), speaker)

type Term = Value | EventValue | number

function sayCalculation(
  calc: CalcOperator,
  of: readonly Term[],
  sayTerm: (term: Exclude<Term, number>) => string,
  speaker: Speaker,
): string {
  const say = (term: Term): string => {
    if (typeof term === 'number') return speaker.literal(term)
    const said = sayTerm(term)
    return 'calc' in term && SIGNS[calc] !== undefined ? speaker.pick(`（${said}）`, `(${said})`) : said
  }
  const terms = of.map(say)
  const sign = SIGNS[calc]
  if (sign !== undefined) return terms.join(sign)
  const one = terms[0] ?? ''
  const list = speaker.list(terms, 'and')
  switch (calc) {
    case 'min':
      return speaker.pick(`${list}中的最小值`, `the smallest of ${list}`)
    case 'max':
      return speaker.pick(`${list}中的最大值`, `the largest of ${list}`)
    case 'abs':
      return speaker.pick(`${one}的绝对值`, `the size of ${one} without its sign`)
    case 'log':
      return speaker.pick(`${one}的自然对数`, `the natural logarithm of ${one}`)
    case 'size':
      return speaker.pick(`${one}的个数`, `the number of ${one}`)
    default:
      return speaker.pick(`${one}取整`, `${one} rounded`)
  }
}
