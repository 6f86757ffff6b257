import { MAX_LIST_LENGTH } from '../../catalog/coerce.js'
import { MOST_DISTINCT } from '../fits/methods/most-distinct.js'
import type { AggregateName, FunctionName, OverExpr } from '../plan/expr.js'

/** Writes a call of a function whose arguments are already written. Every argument may be used as it is, unbracketed. */
type WriteCall = (...args: readonly string[]) => string

const infix =
  (sign: string): WriteCall =>
  (...args) =>
    `(${args.join(` ${sign} `)})`
const named =
  (name: string): WriteCall =>
  (...args) =>
    `${name}(${args.join(', ')})`

function cast(type: string): WriteCall {
  return (x) => `CAST(${x}, '${type}')`
}

/** Day 0 of the local-day arithmetic lies far before every date, so that whole division never meets a negative number. */
const DAY_SHIFT = 100_000
const DAY_MS = 86_400_000

/** One change (ts, seq, operation, value) applied to what is folded so far. */
function fold(rows: string, more: string, start: string): string {
  const next = `multiIf(r.3 = 'set', r.4, r.3 = 'set_once', ifNull(acc, r.4), r.3 = 'unset', NULL, ${more}acc)`
  return `arrayFold((acc, r) -> ${next}, ${rows}, ${start})`
}

/** Each change as (ts, seq, what was folded before it, what is folded with it). */
function steps(rows: string, folded: WriteCall): string {
  const upTo = (last: string): string => folded(`arraySlice(${rows}, 1, ${last})`)
  return `arrayMap(i -> (${rows}[i].1, ${rows}[i].2, ${upTo('i - 1')}, ${upTo('i')}), arrayEnumerate(${rows}))`
}

const INCREMENT = `r.3 = 'increment', if(isNull(acc), r.4, if(abs(acc + ifNull(r.4, 0)) < 1000000000000000000, acc + ifNull(r.4, 0), acc)), `
const FOLD_LISTS = `multiIf(r.3 = 'set', (toUInt8(1), r.4), r.3 = 'set_once', if(acc.1 = 1, acc, (toUInt8(1), r.4)), r.3 = 'append', (toUInt8(1), arraySlice(arrayDistinct(arrayConcat(acc.2, r.4)), 1, ${MAX_LIST_LENGTH})), r.3 = 'unset', (toUInt8(0), CAST([], 'Array(String)')), acc)`

/**
 * How ClickHouse spells each function. Arithmetic never throws: results that do not fit are NULL, division by nothing is
 * NULL, conversions are the saturating or the `OrNull` kind.
 */
export const FUNCTIONS: Readonly<Record<FunctionName, WriteCall>> = {
  and: infix('AND'),
  or: infix('OR'),
  not: named('NOT'),
  eq: infix('='),
  gt: infix('>'),
  gte: infix('>='),
  lt: infix('<'),
  lte: infix('<='),
  in: infix('IN'),
  has: named('has'),
  hasAny: named('hasAny'),
  hasAll: named('hasAll'),
  isKnown: named('isNotNull'),
  ifNull: named('ifNull'),
  isTrue: (part) => `ifNull(${part}, 0)`,
  choose: (...args) => (args.length === 3 ? `if(${args.join(', ')})` : `multiIf(${args.join(', ')})`),
  firstKnown: named('coalesce'),

  textContains: (text, part) => `(position(lower(${text}), ${part}) > 0)`,
  textStartsWith: (text, part) => `startsWith(lower(${text}), ${part})`,
  textEndsWith: (text, part) => `endsWith(lower(${text}), ${part})`,
  textUnder: (text, parent, prefix) => `(${text} = ${parent} OR startsWith(${text}, ${prefix}))`,

  wide: named('toInt128'),
  scaleUp: infix('*'),
  unscaled64: (x) => `toInt128(reinterpret(${x}, 'Int64'))`,
  unscaled128: (x) => `reinterpret(${x}, 'Int128')`,
  add: (a, b) => bounded(`toInt256(${a}) + toInt256(${b})`),
  sub: (a, b) => bounded(`toInt256(${a}) - toInt256(${b})`),
  mul: (a, b) => bounded(`intDiv(toInt256(${a}) * toInt256(${b}), toInt256(100000000))`),
  div: (a, b) => bounded(`intDivOrZero(toInt256(${a}) * 100000000, nullIf(toInt256(${b}), 0))`),
  quotient: (a, b) => bounded(`intDivOrZero(toInt256(${a}), nullIf(toInt256(${b}), 0))`),
  least: named('least'),
  greatest: named('greatest'),
  abs: (x) => bounded(`abs(toInt256(${x}))`),
  log: (x) => `if(${x} > 0, toInt128(round(log(toFloat64(greatest(${x}, 1)) / 100000000) * 1000000)) * 100, NULL)`,
  round: (x, unit) => bounded(roundHalfEven(`toInt256(${x})`, unit)),
  product: (a, b) => `(toInt256(${a}) * toInt256(${b}))`,
  widen: named('toInt256'),
  nonMissing: (x) => `nullIf(${x}, 0)`,
  count: named('length'),

  minus: infix('-'),
  // One 128-bit number for (moment, sequence number, line): the engine orders by tuples several times slower.
  rowKey: (ts, seq, line = '0') =>
    `toInt128(toUnixTimestamp64Milli(${ts})) * toInt128('${2n ** 80n}') + toInt128(${seq}) * 65536 + ${line}`,
  runKey: (asOf, run) => `toInt128(toUnixTimestamp(${asOf})) * toInt128('${2n ** 64n}') + toInt128(${run})`,
  valueIf: (isThere, value) => `if(${isThere} > 0, ${value}, NULL)`,
  millis: named('toUnixTimestamp64Milli'),
  lookUp: (x, starts, values) => `transform(roundDown(${x}, ${starts}), ${starts}, ${values}, toInt64(0))`,
  steps: (x, first, ...steps) => {
    const pairs = steps.flatMap((start, index) =>
      index % 2 === 0 ? [` + (${x} >= ${start}) * ${steps[index + 1]}`] : [],
    )
    return `(${first}${pairs.join('')})`
  },
  localDay: (ms, offset) => `(intDiv(${ms} + ${offset} + ${DAY_SHIFT * DAY_MS}, ${DAY_MS}) - ${DAY_SHIFT})`,
  weekOfDay: (day) => `(intDiv(${day} + 3 + ${DAY_SHIFT * 7}, 7) - ${DAY_SHIFT})`,
  monthsBetween: (from, to) => `if(${from} <= ${to}, ${completedMonths(from, to)}, -${completedMonths(to, from)})`,
  yearOfDay: (day) => `toYear(toDate32(toInt32(${day})))`,
  monthDayOfDay: (day) => `(toMonth(toDate32(toInt32(${day}))) * 100 + toDayOfMonth(toDate32(toInt32(${day}))))`,
  wholeDivide: named('intDiv'),

  list: () => "CAST([], 'Array(String)')",
  noCodes: () => "CAST([], 'Array(UInt16)')",
  nonMissingOf: (list) => `arrayMap(x -> assumeNotNull(x), arrayFilter(x -> isNotNull(x), ${list}))`,
  joinLists: named('arrayConcat'),
  notEmpty: named('notEmpty'),
  firstThousand: (list) => `arraySlice(arraySort(${list}), 1, 1000)`,
  textsOf: (list) => `arrayMap(x -> toString(x), ${list})`,
  textsOfMillis: (list) => `arrayMap(x -> toString(toUnixTimestamp64Milli(x)), ${list})`,
  textsOfBools: (list) => `arrayMap(x -> if(x = 1, 'true', 'false'), ${list})`,
  textOfDecimal: named('toString'),
  textOfNumber: named('toString'),
  textOfBool: (x) => `if(isNull(${x}), NULL, if(${x} = 1, 'true', 'false'))`,
  at: (list, place) => `${list}[${place}]`,
  part: (row, place) => `tupleElement(${row}, ${place})`,
  part1: (list) => `${list}[1]`,
  indexOf: named('indexOf'),
  pick: (list, index) => `arrayElement(${list}, ${index} + 1)`,
  presentCodes: (...codes) =>
    `arraySort(arrayDistinct(arrayFilter(x -> x > 0, CAST([${codes.join(', ')}], 'Array(UInt16)'))))`,
  codeTexts: (codes, indexes) => `arrayMap(i -> arrayElement(${codes}, i), ${indexes})`,
  heldCodes: (changes) =>
    `arraySort(arrayFilter(v -> v > 0 AND arrayLast(c -> c.2 = v, ${changes}).3 = 1, arrayDistinct(arrayMap(c -> c.2, ${changes}))))`,
  placesOf: (texts, codes) =>
    `arraySort(arrayFilter(x -> x > 0, arrayMap(v -> toUInt16(indexOf(${codes}, v)), ${texts})))`,

  tierAbove: (value, ...cuts) => `toUInt16(1${cuts.map((cut) => ` + (${cut} < ${value})`).join('')})`,
  tierFrom: (value, ...cuts) => `toUInt16(1${cuts.map((cut) => ` + (${cut} <= ${value})`).join('')})`,
  groupTierAbove: (value, cuts) => `toUInt16(1 + arrayCount(c -> c < ${value}, ${cuts}))`,
  groupTierFrom: (value, cuts) => `toUInt16(1 + arrayCount(c -> c <= ${value}, ${cuts}))`,
  groupKey: (...parts) => `concat(${parts.map(lengthPrefixed).join(', ')})`,
  groupPlace: (key, keys, places) => `transform(ifNull(${key}, ''), ${keys}, ${places}, toUInt32(0))`,

  plainText: named('toString'),
  bit: (x) => `toUInt8(${x} != 0)`,
  bytes: named('unhex'),
  foldNumbers: (rows) => fold(rows, INCREMENT, "CAST(NULL, 'Nullable(Int128)')"),
  foldTexts: (rows) => fold(rows, '', "CAST(NULL, 'Nullable(String)')"),
  foldMoments: (rows) => fold(rows, '', "CAST(NULL, 'Nullable(Int64)')"),
  foldBools: (rows) => fold(rows, '', "CAST(NULL, 'Nullable(UInt8)')"),
  foldLists: (rows) => `arrayFold((acc, r) -> ${FOLD_LISTS}, ${rows}, (toUInt8(0), CAST([], 'Array(String)')))`,

  asNumber: cast('Nullable(Int128)'),
  asText: cast('Nullable(String)'),
  asDate: cast("Nullable(DateTime64(3, \\'UTC\\'))"),
  asBool: cast('Nullable(UInt8)'),
  asCode: cast('UInt16'),
  asCodes: cast('Array(UInt16)'),
  asList: cast('Array(String)'),
  instantOfMillis: (ms) => `fromUnixTimestamp64Milli(${ms}, 'UTC')`,

  chooseNumber: (when, number) => `CAST(if(${when}, ${number}, NULL), 'Nullable(Int128)')`,
  known: named('assumeNotNull'),
  orderStatistic: (sorted, k, of, more) =>
    `${sorted}[least(intDiv((toInt64(length(${sorted})) - 1) * ${k}, ${of}) + 1 + ${more}, toInt64(length(${sorted})))]`,
  shareCut: (sorted, sum, share) => {
    const falling = `arrayReverse(${sorted})`
    const most = `toInt128('170141183460469231731687303715884105727')`
    const before = `arraySlice(arrayPushFront(${falling}, ${most}), 1, length(${falling}))`
    const isOut = `(v, b, s) -> v != b AND (toInt256(s) - v) * 10000 >= ${sum} * ${share}`
    return `ifNull(toString(arrayFirstOrNull(${isOut}, ${falling}, ${before}, arrayCumSum(${falling}))), '')`
  },
  distinctOrBins: (sorted) =>
    `if(${distinctCount(sorted)} <= ${MOST_DISTINCT}, ${textsAt(sorted, 'v != w')}, ${bins(sorted)})`,
  lastPlaces: (sorted) =>
    `if(${distinctCount(sorted)} <= ${MOST_DISTINCT}, arrayMap(i -> toString(i), ${lastOnes(sorted)}), CAST([], 'Array(String)'))`,
  plus64: infix('+'),
  mul64: infix('*'),
  hourOfLocal: (local) => `intDiv(modulo(${local} + ${DAY_SHIFT * DAY_MS}, ${DAY_MS}), 3600000)`,
  localHour: (local) => `(intDiv(${local} + ${DAY_SHIFT * DAY_MS}, 3600000) - ${DAY_SHIFT * 24})`,
  weekdayOfDay: (day) => `(modulo(${day} + 3 + ${DAY_SHIFT * 7}, 7) + 1)`,
  dateOfDay: (day) => `toDayOfMonth(${dateOf(day)})`,
  monthOfDay: (day) => `toMonth(${dateOf(day)})`,
  quarterOfDay: (day) => `toQuarter(${dateOf(day)})`,
  monthIndexOfDay: (day) => `(toInt64(toYear(${dateOf(day)})) * 12 + toMonth(${dateOf(day)}))`,
  quarterIndexOfDay: (day) => `(toInt64(toYear(${dateOf(day)})) * 4 + toQuarter(${dateOf(day)}))`,
  weekTextOfDay: (day) =>
    `concat(toString(toISOYear(${dateOf(day)})), '-W', leftPad(toString(toISOWeek(${dateOf(day)})), 2, '0'))`,
  monthTextOfDay: (day) =>
    `concat(toString(toYear(${dateOf(day)})), '-', leftPad(toString(toMonth(${dateOf(day)})), 2, '0'))`,
  nameOfDay: (day, days, names) => `nullIf(transform(toInt64(ifNull(${day}, 0)), ${days}, ${names}, ''), '')`,
  onlyWith: (needed, then) => `if(isNull(${needed}), NULL, ${then})`,
  addMonthsToLocal: (local, months) =>
    `(toInt64(toInt32(addMonths(${dateOf(`intDiv(${local} + ${DAY_SHIFT * DAY_MS}, ${DAY_MS}) - ${DAY_SHIFT}`)}, ${months}))) * ${DAY_MS} + modulo(${local} + ${DAY_SHIFT * DAY_MS}, ${DAY_MS}))`,
  eachRow: named('arrayJoin'),
  isSame: (a, b) => `ifNull(${a} = ${b}, isNull(${a}) AND isNull(${b}))`,
  placeOfCode: (value, numbers, places) =>
    `transform(toUInt32(ifNull(${value}, 0)), ${numbers}, ${places}, toUInt32(0))`,
  instantOfSeconds: (seconds) => `toDateTime64(${seconds}, 3, 'UTC')`,
  stepsOfNumbers: (rows) => steps(rows, FUNCTIONS.foldNumbers),
  stepsOfTexts: (rows) => steps(rows, FUNCTIONS.foldTexts),
  stepsOfMoments: (rows) => steps(rows, FUNCTIONS.foldMoments),
  stepsOfBools: (rows) => steps(rows, FUNCTIONS.foldBools),
  stepsOfLists: (rows) => steps(rows, FUNCTIONS.foldLists),
  noKey: () => "'\\0'",
  markOf: (holds, rank, key) =>
    `if(ifNull(${holds}, 0) AND isNotNull(${key}), [(toUInt8(${rank}), assumeNotNull(${key}))], ${NO_MARKS})`,
  marksOf: (holds, rank, keys) =>
    `if(ifNull(${holds}, 0), arrayMap(k -> (toUInt8(${rank}), k), arrayDistinct(${keys})), ${NO_MARKS})`,
  eachKey: (rows) => `arrayJoin(arrayFilter(k -> k != '\\0', arrayDistinct(tupleElement(${rows}, 2))))`,
  rowsOfKey: (rows, key) => `arrayMap(r -> r.1, arrayFilter(r -> r.2 = ${key} OR r.2 = '\\0', ${rows}))`,
  // One number per row sorts several times faster than a tuple: 44 bits of time, 64 of the sequence number, 8 of the rank.
  chainRow: (at, seq, rank) =>
    `bitOr(bitOr(bitShiftLeft(toUInt128(${at}), 72), bitShiftLeft(toUInt128(${seq}), 8)), toUInt128(${rank}))`,
  chainTimes: (rows) => `arrayMap(x -> toInt64(bitShiftRight(x, 72)), ${rows})`,
  chainRanks: (rows) => `arrayMap(x -> toUInt8(bitAnd(x, 255)), ${rows})`,
  eachRank: (...args) => {
    const ranks = args.flatMap((when, index) => (index % 2 === 0 ? [`if(${when}, ${args[index + 1]}, 0)`] : []))
    return `arrayJoin(arrayFilter(x -> x > 0, [${ranks.join(', ')}]))`
  },
  chainBegin: (times, ranks, rank) => `arrayMap((t, r) -> if(r = ${rank}, t, 0), ${times}, ${ranks})`,
  chainEnd: (times, ranks, before, rank, limit) => chainStep(times, ranks, before, rank, limit, 'chain_t'),
  chainStart: (times, ranks, before, rank, limit) => chainStep(times, ranks, before, rank, limit, 'chain_p'),
  chainCarry: (found, ranks, breaks) => `arrayFill((v, r) -> v > 0 OR r = ${breaks}, ${found}, ${ranks})`,
  chainBefore: (carried) => `arrayPopBack(arrayPushFront(${carried}, 0))`,
  chainNext: (times, ranks, rank) =>
    `arrayReverseFill(v -> v > 0, arrayMap((t, r) -> if(r = ${rank}, t, 0), ${times}, ${ranks}))`,
  anyFound: (found) => `arrayExists(f -> f > 0, ${found})`,
  anyFoundThenNothing: (found, times, after, until, asOf) => {
    const isOver = until === undefined ? 'n = 0' : `(n = 0 OR n > ${until}) AND ${until} <= ${asOf}`
    return `arrayExists((f, chain_t, n) -> f > 0 AND ${isOver}, ${found}, ${times}, ${after})`
  },
  inSample: (seed, limit) => `(xxHash64(concat(${seed}, ':', toString(profile_id))) < ${limit})`,
  narrow: (x) => bounded(x),
  pair: named('tuple'),
  sorted: named('arraySort'),
  gapsAvg: (times) =>
    gaps(times, 2, `toInt128(${times}[-1] - ${times}[1]) * ${ONE} , (length(${times}) - 1) * ${DAY_MS}`),
  gapsMin: (times) => gaps(times, 2, `toInt128(arrayMin(${gapsOf(times)})) * ${ONE}, ${DAY_MS}`),
  gapsMax: (times) => gaps(times, 2, `toInt128(arrayMax(${gapsOf(times)})) * ${ONE}, ${DAY_MS}`),
  gapsMedian: (times) => {
    const rising = `arraySort(${gapsOf(times)})`
    const [low, high] = [`${rising}[intDiv(length(${times}), 2)]`, `${rising}[intDiv(length(${times}) - 1, 2) + 1]`]
    return gaps(times, 2, `toInt128(${low} + ${high}) * ${ONE}, ${2 * DAY_MS}`)
  },
  gapsDeviation: (times) => {
    const [n, all] = [`toInt256(length(${times}) - 1)`, gapsOf(times)]
    const squares = `arraySum(x -> toInt256(x) * x, ${all})`
    const sum = `toInt256(${times}[-1] - ${times}[1])`
    const variance = `intDivOrZero(${n} * ${squares} - ${sum} * ${sum}, ${n} * (${n} - 1))`
    return `if(length(${times}) > 2, toInt128(round(sqrt(toFloat64(${variance})) / ${DAY_MS} * 1000000)) * 100, NULL)`
  },
  longestRun: (rising) => `arrayMax(arrayMap(run -> length(run), ${runsOf(rising)}))`,
  lastRun: (rising) => `length(${runsOf(rising)}[-1])`,
  emptyAsMissing: (text) => `nullIf(${text}, '')`,
  nonEmptyTexts: (list) => `arrayFilter(x -> x != '', ${list})`,
  textOfScaled: (x) => `toString(reinterpret(${x}, 'Decimal(38, 8)'))`,
  decayed: (age, length, table) => `arrayElement(${table}, least(intDiv(${age} * 64, ${length}), 1728) + 1)`,
  weightOf: (sum, times, left) => `intDiv(toInt256(${sum}) * ${times} * ${left}, toInt256(10000000000000000))`,
  heaviest: (rows, most) => `arrayMap(r -> r.2, arraySlice(${rows}, 1, ${most}))`,
  heaviestOf: (rows, most, least) => {
    const total = `arraySum(r -> r.1, ${rows})`
    return `arrayMap(r -> r.2, arraySlice(arrayFilter(r -> -r.1 * ${ONE} >= toInt256(${least}) * -${total}, ${rows}), 1, ${most}))`
  },
  negative: (x) => `-${x}`,
  placeOfItem: (key, items) => `transform(ifNull(${key}, ''), ${items}.1, arrayEnumerate(${items}.1), 0)`,
  itemValue: (place, items) => `if(${place} > 0, arrayElement(${items}.2, ${place}), NULL)`,
  itemList: (place, items) => `if(${place} > 0, arrayElement(${items}.2, ${place}), CAST([], 'Array(String)'))`,
  itemValues: (keys, items) =>
    `arrayMap(p -> arrayElement(${items}.2, p), arrayFilter(p -> p > 0, arrayMap(k -> transform(k, ${items}.1, arrayEnumerate(${items}.1), 0), ${keys})))`,
  eachOf: (list) => `arrayJoin(arrayDistinct(${list}))`,
}

/** Functions that write an argument more than once: what stands there is given a name first. */
export const REPEATING: ReadonlySet<FunctionName> = new Set([
  'tierAbove',
  'tierFrom',
  'log',
  'round',
  'monthsBetween',
  'lookUp',
  'steps',
  'groupKey',
  'textUnder',
  'monthIndexOfDay',
  'quarterIndexOfDay',
  'weekTextOfDay',
  'monthTextOfDay',
  'addMonthsToLocal',
])

type WriteAggregate = (args: readonly string[], when: string | null) => string

const plain =
  (name: string): WriteAggregate =>
  (args, when) =>
    when === null ? `${name}(${args.join(', ')})` : `${name}If(${[...args, when].join(', ')})`

/** How ClickHouse spells each aggregate. Over Nullable arguments they skip NULL and give NULL for no rows. */
export const AGGREGATES: Readonly<Record<AggregateName, WriteAggregate>> = {
  count: plain('count'),
  sum: plain('sum'),
  sumWide: ([x], when) => plain('sum')([`toInt256(${x})`], when),
  sumSquares: ([x], when) => plain('sum')([`toInt256(${x}) * toInt256(${x})`], when),
  min: plain('min'),
  max: plain('max'),
  earliest: plain('minOrNull'),
  latest: plain('maxOrNull'),
  countDistinct: plain('uniqExact'),
  distinct: plain('groupUniqArray'),
  distinctOfLists: plain('groupUniqArrayArray'),
  firstBy: plain('argMin'),
  lastBy: plain('argMax'),
  sortedRows: (args, when) => `arraySort(${plain('groupArray')([`tuple(${args.join(', ')})`], when)})`,
  sortedValues: (args, when) => `arraySort(${plain('groupArray')(args, when)})`,
  any: plain('any'),
  all: plain('groupArray'),
}

/** How ClickHouse spells what looks at the rows before. Equal places in the order count as one for a sum so far. */
export const OVER: Readonly<Record<OverExpr['name'], WriteCall>> = {
  previous: named('lagInFrame'),
  sumSoFar: named('sum'),
}

/** Sorted values beside the next one; the last stands beside a value that differs from it. */
function withNext(sorted: string): string {
  return `${sorted}, arrayResize(arrayPopFront(${sorted}), length(${sorted}), ${sorted}[-1] - 1)`
}

/** Places of the last of equal values. */
function lastOnes(sorted: string): string {
  return `arrayFilter((i, v, w) -> v != w, arrayEnumerate(${sorted}), ${withNext(sorted)})`
}

function distinctCount(sorted: string): string {
  return `length(arrayCompact(${sorted}))`
}

function textsAt(sorted: string, test: string): string {
  return `arrayMap(v -> toString(v), arrayFilter((v, w) -> ${test}, ${withNext(sorted)}))`
}

/** Values at the order statistics floor((n - 1) * j / (bins - 1)), j = 0 … bins - 1. */
function bins(sorted: string): string {
  const [gaps, last] = [`greatest(toInt64(length(${sorted})) - 1, 1)`, MOST_DISTINCT - 1]
  const isPicked = `intDiv(${gaps} * intDiv((i - 1) * ${last} + ${gaps} - 1, ${gaps}), ${last}) = i - 1`
  return `arrayMap(v -> toString(v), arrayFilter((v, i) -> ${isPicked}, ${sorted}, arrayEnumerate(${sorted})))`
}

/** NULL when the 256-bit result does not fit the 128 bits numbers have. */
function bounded(wide: string): string {
  return `accurateCastOrNull(${wide}, 'Int128')`
}

function roundHalfEven(x: string, unit: string): string {
  const size = `abs(${x})`
  const down = `intDiv(${size}, ${unit})`
  const rest = `2 * (${size} - ${down} * ${unit})`
  const up = `if(${rest} > ${unit} OR (${rest} = ${unit} AND ${down} % 2 = 1), 1, 0)`
  return `if(${x} < 0, -1, 1) * (${down} + ${up}) * ${unit}`
}

const ONE = 100_000_000

function gapsOf(times: string): string {
  return `arrayPopFront(arrayDifference(${times}))`
}

/** A quotient of whole numbers where there are at least so many moments. */
function gaps(times: string, least: number, quotient: string): string {
  return `if(length(${times}) >= ${least}, intDivOrZero(${quotient}), NULL)`
}

/** Rising numbers cut where one is left out. */
function runsOf(rising: string): string {
  return `arraySplit((x, step) -> step != 1, ${rising}, arrayDifference(${rising}))`
}

const NO_MARKS = "CAST([], 'Array(Tuple(UInt8, String))')"

/** Rows of a step that a chain can be led on to: what is carried on is the row's own moment or the chain's start. */
function chainStep(
  times: string,
  ranks: string,
  before: string,
  rank: string,
  limit: string | undefined,
  carried: 'chain_t' | 'chain_p',
): string {
  const near = limit === undefined ? '' : ` AND ${limit}`
  const isStep = `r = ${rank} AND chain_p > 0${near}`
  return `arrayMap((chain_t, r, chain_p) -> if(${isStep}, ${carried}, 0), ${times}, ${ranks}, ${before})`
}

function dateOf(day: string): string {
  return `toDate32(toInt32(${day}))`
}

function completedMonths(from: string, to: string): string {
  const [a, b] = [`toDate32(toInt32(${from}))`, `toDate32(toInt32(${to}))`]
  const months = `(toInt64(toYear(${b})) * 12 + toMonth(${b}) - toYear(${a}) * 12 - toMonth(${a}))`
  return `(${months} - if(addMonths(${a}, ${months}) > ${b}, 1, 0))`
}

function lengthPrefixed(part: string): string {
  return `toString(length(${part})), ':', ${part}`
}
