import type { Value } from '../../language/document.js'
import type { TagDocument } from './document.js'

const BUYERS = { metric: 'orders_ever', gte: 1 } as const
const quintile = (metric: string): Value => ({ cut: { metric }, at: { method: 'quantile', n: 5, fit: 'monthly' } })

/** 价值特征: what a customer is worth to the shop. */
export const VALUE_TAGS: readonly TagDocument[] = [
  {
    version: 1,
    kind: 'tag',
    id: 'customer_value',
    name: { zh: '客户价值', en: 'customer value' },
    note: {
      zh: '目的：决定服务与预算投向。近度、频度、金额各按五分位打 1–5 分，合计 12 分及以上为高、8 分及以上为中。',
      en: 'Purpose: where service and budget go. Recency, frequency and money score 1–5 by quintile; 12 and more in sum is high, 8 and more is middle.',
    },
    theme: '价值分层',
    ordered: true,
    only: BUYERS,
    assign: {
      cut: {
        calc: 'add',
        of: [{ calc: 'sub', of: [6, quintile('recency')] }, quintile('orders_365d'), quintile('spend_ever')],
      },
      at: [8, 12],
      values: ['低价值客户', '中价值客户', '高价值客户'],
    },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'rfm8',
    name: { zh: 'RFM分层', en: 'RFM groups' },
    note: {
      zh: '目的：一眼看出该维护、挽留还是发展。近度、频度、金额与全体中位数比较，得到 8 个人群。',
      en: 'Purpose: whom to keep, win back or develop. Recency, frequency and money against the median of all buyers: 8 groups.',
    },
    theme: '价值分层',
    only: BUYERS,
    recipe: {
      use: 'rfm8',
      with: {
        recency: { metric: 'recency' },
        frequency: { metric: 'orders_365d' },
        monetary: { metric: 'spend_ever' },
        split: 'median',
      },
    },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'payment_tier',
    name: { zh: '累计付费金额分层', en: 'paid in 30 days' },
    note: {
      zh: '目的：识别近期贡献。过去30天内的总支付金额，按 100、500、2000 元分层。',
      en: 'Purpose: recent contribution. Total paid in the past 30 days, cut at 100, 500 and 2,000 yuan.',
    },
    theme: '价值分层',
    ordered: true,
    only: { metric: 'spend_30d', gt: 0 },
    assign: {
      cut: { metric: 'spend_30d' },
      at: [100, 500, 2000],
      values: ['100以下', '100-500', '500-2000', '2000及以上'],
    },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'history_spend',
    name: { zh: '历史消费金额', en: 'spend ever' },
    note: {
      zh: '目的：看长期贡献的分布。净消费（付款减退款）四分位，每月重新定界。',
      en: 'Purpose: how long-term contribution is spread. Quartiles of net spend, fitted each month.',
    },
    theme: '价值分层',
    ordered: true,
    only: BUYERS,
    assign: {
      cut: { metric: 'spend_ever' },
      at: { method: 'quantile', n: 4, fit: 'monthly' },
      values: ['低', '中低', '中高', '高'],
    },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'abc_class',
    name: { zh: '客户ABC分类(二八法则)', en: 'ABC class' },
    note: {
      zh: '目的：找出撑起八成收入的客户。按净消费从高到低累计，前 80% 为 A 类，到 95% 为 B 类。',
      en: 'Purpose: who makes four fifths of revenue. Running total of net spend from the top: A up to 80 %, B up to 95 %.',
    },
    theme: '价值分层',
    ordered: true,
    only: { metric: 'spend_ever', gt: 0 },
    assign: {
      cut: { metric: 'spend_ever' },
      at: { method: 'share', probs: [0.8, 0.95], fit: 'monthly' },
      values: ['C类', 'B类', 'A类'],
    },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'spending_power',
    name: { zh: '消费能力', en: 'spending power' },
    note: {
      zh: '目的：匹配价位。近一年客单价与同城客户相比，50% 和 85% 分位为界。',
      en: 'Purpose: the right price level. Average order of the last year among customers of the same city, cut at 50 % and 85 %.',
    },
    theme: '价值分层',
    ordered: true,
    only: { metric: 'orders_365d', gte: 1 },
    assign: {
      cut: { metric: 'aov_365d' },
      at: { method: 'quantile', probs: [0.5, 0.85], fit: 'monthly' },
      by: [{ attr: 'city' }],
      values: ['低消费群体', '中消费群体', '高消费群体'],
    },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'frequency',
    name: { zh: '购买频率', en: 'purchase frequency' },
    note: {
      zh: '目的：决定触达节奏。近一年订单数：6 单及以上高频，2 单及以上中频。',
      en: 'Purpose: how often to speak to her. Orders of the last year: 6 and more high, 2 and more middle.',
    },
    theme: '价值分层',
    ordered: true,
    only: BUYERS,
    assign: { cut: { metric: 'orders_365d' }, at: [2, 6], values: ['低频客户', '中频客户', '高频客户'] },
    refresh: 'daily',
  },
]
