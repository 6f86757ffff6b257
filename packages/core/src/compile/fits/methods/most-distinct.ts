/** Distinct values up to which natural breaks are exact; beyond, this many quantiles stand for all values. */
export const MOST_DISTINCT = 10_000
