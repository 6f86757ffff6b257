import { columnReading } from '@tagtree/core/collect/mapping/expression-type'
import type { Mapping } from '@tagtree/core/collect/mapping/mapping'
import { FILE_REASONS, MAPPING_REASONS, type RowReason, sayReason } from '@tagtree/core/collect/reasons'

/** What rows with one reason are counted under: its code and the column, or the text of the mapping's own rule. */
export function reasonKey({ code, words }: RowReason): string {
  const detail = code === 'ruled_out' ? words.en : (words.column ?? words.columns)
  return detail === undefined ? code : `${code}:${detail}`
}

/** A key taken apart: the reason's code, and its text in one language. Words that differ from row to row are left out. */
export function sayReasonKey(key: string, mapping: Mapping, language: 'zh' | 'en'): { code: string; text: string } {
  const colon = key.indexOf(':')
  const code = colon === -1 ? key : key.slice(0, colon)
  const detail = colon === -1 ? '' : key.slice(colon + 1)
  if (code === 'ruled_out') return { code, text: ruleText(mapping, detail, language) }
  if (!Object.hasOwn(FILE_REASONS, code) && !Object.hasOwn(MAPPING_REASONS, code)) return { code, text: code }
  const words = {
    column: detail,
    columns: detail,
    format: columnReading(mapping, detail)?.format ?? 'yyyy-MM-dd HH:mm:ss',
  }
  const text = sayReason({ code: code as RowReason['code'], words }, language)
  return { code, text: text.replace(/\{\w+\}/g, '…') }
}

function ruleText(mapping: Mapping, en: string, language: 'zh' | 'en'): string {
  const rule = (mapping.reject ?? []).find(
    ({ reason }) => (typeof reason === 'string' ? reason : (reason.en ?? reason.zh)) === en,
  )
  return language === 'en' || rule === undefined || typeof rule.reason === 'string' ? en : rule.reason.zh
}
