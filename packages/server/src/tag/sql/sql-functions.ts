/**
 * The functions a SQL tag may call, by what they do. Whatever is not named here is refused: functions that read files,
 * dictionaries, settings or the machine, that wait or throw on purpose, that call out, that unpack states of aggregates,
 * and those whose answer depends on the clock or on chance (a tag of a moment must give the same value again).
 */
const SCALARS = `
  plus minus multiply divide divideOrNull intDiv intDivOrZero intDivOrNull modulo moduloOrZero moduloOrNull mod positiveModulo
  negate abs gcd lcm max2 min2 isNaN isFinite isInfinite ifNotFinite greatest least clamp
  equals notEquals less greater lessOrEquals greaterOrEquals isDistinctFrom isNotDistinctFrom
  and or xor not if multiIf caseWithExpression transform in notIn nullIn notNullIn exists
  isNull isNotNull isZeroOrNull coalesce ifNull nullIf assumeNotNull toNullable materialize identity ignore
  ceil ceiling floor round roundBankers roundDown trunc truncate sqrt cbrt exp exp2 exp10 log ln log2 log10 log1p pow power sign
  sin cos tan asin acos atan atan2 pi e sigmoid widthBucket width_bucket
  bitAnd bitOr bitXor bitNot bitShiftLeft bitShiftRight bitTest bitCount
  length empty notEmpty lengthUTF8 char_length character_length lower upper lowerUTF8 upperUTF8 lcase ucase initcap initcapUTF8
  reverse reverseUTF8 concat concat_ws concatWithSeparator substring substr mid substringUTF8 substringIndex left right leftUTF8
  rightUTF8 leftPad rightPad lpad rpad leftPadUTF8 rightPadUTF8 trim trimLeft trimRight trimBoth ltrim rtrim repeat space
  startsWith endsWith startsWithUTF8 endsWithUTF8 position positionUTF8 positionCaseInsensitive positionCaseInsensitiveUTF8
  locate instr like notLike ilike notILike match extract extractAll replace replaceOne replaceAll replaceRegexpOne
  replaceRegexpAll translate splitByChar splitByString splitByWhitespace splitByNonAlpha alphaTokens ngrams tokens
  countSubstrings countSubstringsCaseInsensitive multiSearchAny multiSearchAnyCaseInsensitive hasToken
  ascii hex unhex base64Encode base64Decode editDistance jaroWinklerSimilarity isValidUTF8 toValidUTF8
  domain domainWithoutWWW topLevelDomain firstSignificantSubdomain protocol path pathFull queryString extractURLParameter
  extractURLParameters extractURLParameterNames cutQueryString cutWWW decodeURLComponent encodeURLComponent
  toString toFixedString toInt8 toInt16 toInt32 toInt64 toInt128 toUInt8 toUInt16 toUInt32 toUInt64 toUInt128 toFloat32
  toFloat64 toDecimal32 toDecimal64 toDecimal128 toInt8OrNull toInt16OrNull toInt32OrNull toInt64OrNull toUInt8OrNull
  toUInt16OrNull toUInt32OrNull toUInt64OrNull toFloat32OrNull toFloat64OrNull toDecimal32OrNull toDecimal64OrNull
  toDecimal128OrNull toInt32OrZero toInt64OrZero toUInt32OrZero toUInt64OrZero toFloat64OrZero toBool toLowCardinality
  toTypeName CAST accurateCast accurateCastOrNull
  toDate toDate32 toDateOrNull toDate32OrNull toDateTime toDateTimeOrNull toDateTime64 toDateTime64OrNull parseDateTime
  parseDateTimeOrNull parseDateTimeBestEffort parseDateTimeBestEffortOrNull makeDate makeDate32 makeDateTime date timestamp
  toYear toQuarter toMonth toWeek toISOWeek toISOYear toDayOfYear toDayOfMonth toDayOfWeek toHour toMinute toSecond year quarter
  month week day dayOfMonth dayOfWeek dayOfYear hour minute second toMonday toStartOfYear toStartOfISOYear toStartOfQuarter
  toStartOfMonth toStartOfWeek toStartOfDay toStartOfHour toStartOfMinute toStartOfFiveMinutes toStartOfTenMinutes
  toStartOfFifteenMinutes toStartOfInterval toLastDayOfMonth toLastDayOfWeek toDaysInMonth toYYYYMM toYYYYMMDD
  toYYYYMMDDhhmmss toUnixTimestamp toUnixTimestamp64Milli fromUnixTimestamp fromUnixTimestamp64Milli toTimezone toTimeZone
  timezoneOf timezoneOffset dateTrunc date_trunc dateDiff date_diff age addYears addQuarters addMonths addWeeks addDays
  addHours addMinutes addSeconds addMilliseconds addDate subDate subtractYears subtractQuarters subtractMonths subtractWeeks
  subtractDays subtractHours subtractMinutes subtractSeconds toIntervalSecond toIntervalMinute toIntervalHour toIntervalDay
  toIntervalWeek toIntervalMonth toIntervalQuarter toIntervalYear formatDateTime date_format monthName dateName timeSlot
  toRelativeDayNum toRelativeWeekNum toRelativeMonthNum toRelativeQuarterNum toRelativeYearNum toRelativeHourNum
  tuple tupleElement untuple array arrayElement arrayElementOrNull has hasAll hasAny hasSubstr indexOf countEqual arrayConcat
  arrayPushBack arrayPushFront arrayPopBack arrayPopFront arraySlice arrayResize arrayUniq arrayDistinct arrayIntersect
  arrayUnion arrayReverse arrayFlatten flatten arrayCompact arrayZip arrayEnumerate arrayEnumerateUniq arrayDifference
  arrayCumSum arrayMap arrayFilter arrayCount arrayExists arrayAll arrayFirst arrayFirstIndex arrayFirstOrNull arrayLast
  arrayLastIndex arrayLastOrNull arrayMin arrayMax arraySum arrayAvg arrayProduct arraySort arrayReverseSort arraySplit
  arrayReverseSplit arrayFill arrayReverseFill arrayFold arrayStringConcat arrayJoin unnest range lambda
  map mapKeys mapValues mapContains mapContainsKey JSONExtractString JSONExtractInt JSONExtractFloat JSONExtractBool JSONHas
  JSONLength cityHash64 xxHash64 sipHash64 murmurHash3_64 farmHash64 intHash32 intHash64 MD5 SHA1 SHA256
  formatReadableQuantity formatReadableTimeDelta dotProduct cosineDistance L1Distance L2Distance
`

const AGGREGATES = `
  count sum avg min max any anyLast any_value anyHeavy first_value last_value argMin argMax min_by max_by uniq uniqExact
  uniqCombined uniqCombined64 uniqHLL12 uniqUpTo median medianExact quantile quantiles quantileExact quantilesExact
  quantileExactInclusive quantileTDigest quantilesTDigest quantileTiming stddevPop stddevSamp stddev std varPop varSamp
  covarPop covarSamp corr skewPop skewSamp kurtPop kurtSamp avgWeighted sumCount sumKahan entropy groupArray array_agg groupUniqArray groupArrayLast
  groupArraySorted group_concat groupConcat string_agg groupBitAnd groupBitOr groupBitXor topK topKWeighted approx_top_k
  simpleLinearRegression singleValueOrNull boundingRatio deltaSum deltaSumTimestamp maxIntersections intervalLengthSum
  sequenceMatch sequenceCount windowFunnel retention exponentialTimeDecayedSum exponentialTimeDecayedAvg
  exponentialTimeDecayedCount exponentialTimeDecayedMax
`

/** Only beside OVER. */
const WINDOW_FUNCTIONS = `
  row_number rank dense_rank denseRank percent_rank percentRank cume_dist ntile lag lead lagInFrame leadInFrame nth_value
`

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')
const plain = new Set(wordsOf(SCALARS + WINDOW_FUNCTIONS).map((name) => name.toLowerCase()))
const aggregates = new Set(wordsOf(AGGREGATES).map((name) => name.toLowerCase()))
const COMBINATOR = /(?:if|distinct|ornull|ordefault|array)$/

/** Whether a SQL tag may call it; names are compared without regard to case, as most of the engine's are. */
export function isAllowedFunction(name: string): boolean {
  const wanted = name.toLowerCase()
  if (plain.has(wanted)) return true
  for (let base = wanted; ; ) {
    if (aggregates.has(base)) return true
    const shorter = base.replace(COMBINATOR, '')
    if (shorter === base) return false
    base = shorter
  }
}

/** Every allowed name, for the nearest one to an unknown. */
export function allowedFunctions(): string[] {
  return wordsOf(SCALARS + AGGREGATES + WINDOW_FUNCTIONS)
}

/** Functions whose second argument is the name of a type. */
export const CASTS: ReadonlySet<string> = new Set(['cast', '_cast', 'accuratecast', 'accuratecastornull'])

/** Functions whose right side may be a table. */
export const MEMBERSHIP: ReadonlySet<string> = new Set(['in', 'notin', 'nullin', 'notnullin'])

/** Types that a value may be turned into; anything else (states of aggregates, objects, enums) is refused. */
export function isAllowedType(type: string): boolean {
  const names = type.replace(/'[A-Za-z0-9_/+-]{1,40}'/g, '').match(/[^\s(),]+/g) ?? []
  return names.length > 0 && names.every((name) => /^\d+$/.test(name) || ALLOWED_TYPES.has(name.toLowerCase()))
}

const ALLOWED_TYPES: ReadonlySet<string> = new Set(
  wordsOf(`string fixedstring varchar char text bool boolean int8 int16 int32 int64 int128 uint8 uint16 uint32 uint64 uint128
    int integer bigint smallint float32 float64 float double decimal decimal32 decimal64 decimal128 numeric date date32
    datetime datetime64 timestamp nullable lowcardinality array tuple`),
)

/** Functions of the clock, and what to write instead. */
export const CLOCK_FUNCTIONS: ReadonlySet<string> = new Set(
  wordsOf(
    'now now64 today yesterday current_timestamp current_date curdate localtime localtimestamp utctimestamp utc_timestamp nowinblock nowinblock64',
  ),
)
