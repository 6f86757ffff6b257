import { FACT_REASONS, LEFT_OUT_REASONS, sayFactReason } from '@tagtree/core/collect/fact-reasons'
import { FILE_REASONS, MAPPING_REASONS, sayReason } from '@tagtree/core/collect/reasons'
import type { DryRunReport } from './dry-run.js'
import type { ImportRecord, ImportResult } from './import-records.js'

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
    code: key.split(':', 1)[0]!,
    of: 'row' as const,
    count: Number(count),
    text: rowReasonText(record, key, language),
  }))
  const facts = Object.entries(result.reasons).map(([code, count]) => ({
    code,
    of: Object.hasOwn(FACT_REASONS, code) ? ('fact' as const) : ('value' as const),
    count: Number(count),
    text: sayFactReason(code, language),
  }))
  const known = (code: string): boolean => Object.hasOwn(LEFT_OUT_REASONS, code) || Object.hasOwn(FACT_REASONS, code)
  return [...rows, ...facts.filter((reason) => known(reason.code) || reason.count > 0)].sort(
    (a, b) => b.count - a.count,
  )
}

/** Reasons are kept by code; those of the mapping's own rules by their English text. */
function rowReasonText(record: ImportRecord, key: string, language: 'zh' | 'en'): string {
  if (key.startsWith('ruled_out:')) {
    const en = key.slice('ruled_out:'.length)
    const rule = (record.mapping.reject ?? []).find(
      ({ reason }) => (typeof reason === 'string' ? reason : (reason.en ?? reason.zh)) === en,
    )
    return language === 'en' || rule === undefined || typeof rule.reason === 'string' ? en : rule.reason.zh
  }
  const texts: Readonly<Record<string, { readonly en: string; readonly zh: string }>> = {
    ...FILE_REASONS,
    ...MAPPING_REASONS,
  }
  // The words differ from row to row; the file of rejected rows has them.
  return (texts[key]?.[language] ?? key).replace(/\s?\{(\w+)\}/g, language === 'en' ? ' …' : '…').trim()
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
