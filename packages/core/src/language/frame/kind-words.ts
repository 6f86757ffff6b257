import type { ValueType } from './scope.js'

/** Kinds of values in words. */
export const EN_KIND: Readonly<Record<ValueType['kind'], string>> = {
  number: 'a number',
  text: 'text',
  ordered: 'ordered text',
  date: 'a date',
  bool: 'true or false',
  list: 'a list',
}
export const ZH_KIND: Readonly<Record<ValueType['kind'], string>> = {
  number: '数字',
  text: '文本',
  ordered: '有序文本',
  date: '日期',
  bool: '是否',
  list: '列表',
}
