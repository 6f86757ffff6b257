import { FACT_REASONS, sayFactReason } from '@tagtree/core/collect/fact-reasons'
import { sayReason } from '@tagtree/core/collect/reasons'
import type { DryRunReport } from './dry-run.js'
import type { ImportRecord, ImportResult } from './import-records.js'
import { sayReasonKey } from './reason-key.js'

/** One reason and how often it came. */
export interface CountedReason {
  readonly code: string
  /** row: the whole row was left out; fact: a fact of it; value: only a value or identity of a fact. */
  readonly of: 'row' | 'fact' | 'value'
  readonly count: number
  readonly text: string
}

/** Reasons of an import in one language, the most frequent first. */
export function countedReasons(record: ImportRecord, result: ImportResult, language: 'zh' | 'en'): CountedReason[] {
  const rows = Object.entries(record.reasons).map(([key, count]) => ({
    ...sayReasonKey(key, record.mapping, language),
    of: 'row' as const,
    count: Number(count),
  }))
  const facts = Object.entries(result.reasons).map(([code, count]) => ({
    code,
    of: Object.hasOwn(FACT_REASONS, code) ? ('fact' as const) : ('value' as const),
    count: Number(count),
    text: sayFactReason(code, language),
  }))
  return [...rows, ...facts].sort((a, b) => b.count - a.count)
}

/** A dry run's samples with their reasons said in one language. */
export function sayDryRun(report: DryRunReport, language: 'zh' | 'en') {
  return {
    ...report,
    rejectedRows: report.rejectedRows.map(({ row, reasons, values }) => ({
      row,
      values,
      reasons: reasons.map((reason) => ({ code: reason.code, text: sayReason(reason, language) })),
    })),
  }
}
