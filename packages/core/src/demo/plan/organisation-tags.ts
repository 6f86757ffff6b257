import type { TagDocument } from './document.js'

/** 企业: what the companies are that buy for their people. */
export const ORGANISATION_TAGS: readonly TagDocument[] = [
  {
    version: 1,
    kind: 'tag',
    id: 'industry',
    subject: 'organisation',
    name: { zh: '行业', en: 'industry' },
    note: { zh: '目的：行业方案。取自企业资料。', en: 'Purpose: offers by industry. From the company data.' },
    theme: '企业特征',
    assign: { value: { attr: 'industry' } },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'org_size',
    subject: 'organisation',
    name: { zh: '公司规模', en: 'company size' },
    note: {
      zh: '目的：服务层级。按员工人数 20、300、1000 人分层。',
      en: 'Purpose: service level. By number of employees, cut at 20, 300 and 1,000.',
    },
    theme: '企业特征',
    ordered: true,
    assign: { cut: { attr: 'employees' }, at: [20, 300, 1000], values: ['微型', '小型', '中型', '大型'] },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'org_place',
    subject: 'organisation',
    name: { zh: '地理位置', en: 'location' },
    note: { zh: '目的：区域销售分工。按大区。', en: 'Purpose: who sells where. By sales region.' },
    theme: '企业特征',
    assign: { value: { attr: 'region' } },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'credit_grade_tag',
    subject: 'organisation',
    name: { zh: '信用等级', en: 'credit grade' },
    note: {
      zh: '目的：账期与授信。信用分 550、700 为界。',
      en: 'Purpose: terms of payment. Credit score cut at 550 and 700.',
    },
    theme: '企业特征',
    ordered: true,
    assign: { cut: { attr: 'credit_score' }, at: [550, 700], values: ['低', '中', '高'] },
    refresh: 'daily',
  },
]
