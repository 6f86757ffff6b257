import type { DeclaredRelation } from '../mapping.js'

/** Who works where, usable from both ends. */
export const EMPLOYMENT: Readonly<Record<'employs' | 'employer', DeclaredRelation>> = {
  employs: {
    from: 'organisation',
    to: 'person',
    many: true,
    label: { zh: '员工', en: 'employs' },
    noun: { zh: '人', en: 'people' },
  },
  employer: {
    inverseOf: 'employs',
    many: true,
    label: { zh: '任职企业', en: 'works for' },
    noun: { zh: '家', en: 'companies' },
  },
}
