import type { ClockValue, Field } from '../../document.js'
import { DATE, numberType, TEXT, type ValueType } from '../../frame/scope.js'
import type { FindType } from '../../frame/type-finder.js'

/** Parts of a moment: numbers, except the day itself (a date) and names. */
export const clockType: FindType<Pick<ClockValue, 'clock'>> = ({ clock }) => typeOfField(clock)

/** The type of one field of the clock. */
export function typeOfField(field: Field): ValueType {
  return FIELD_TYPES[field]
}

const FIELD_TYPES: Readonly<Record<Field, ValueType>> = {
  hour: numberType(0),
  weekday: numberType(0),
  day: numberType(0),
  month: numberType(0),
  quarter: numberType(0),
  year: numberType(0),
  date: DATE,
  week: TEXT,
  yearMonth: TEXT,
  dayKind: { kind: 'text', codes: ['workday', 'restday', 'holiday'] },
  holiday: TEXT,
  promotion: TEXT,
}
