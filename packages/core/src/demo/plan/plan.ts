import { BASIC_TAGS } from './basic-tags.js'
import { BEHAVIOUR_TAGS } from './behaviour-tags.js'
import type { PlanCategory, PlanDocument } from './document.js'
import { LIFECYCLE_TAGS } from './lifecycle-tags.js'
import { DEMO_METRICS } from './metrics.js'
import { ORGANISATION_TAGS } from './organisation-tags.js'
import { DEMO_SEGMENTS } from './segments.js'
import { VALUE_TAGS } from './value-tags.js'

/** A tag catalogue as a file: categories and the definitions they hold. */
export interface Plan {
  readonly categories: readonly PlanCategory[]
  /** In an order in which each uses only earlier ones. */
  readonly definitions: readonly PlanDocument[]
}

/** The first tag tree of the demo shop. */
export const DEMO_PLAN: Plan = {
  categories: [
    { id: 'value', name: { zh: '价值特征', en: 'Value' }, tags: ['customer_value', 'rfm8', 'abc_class'] },
    {
      id: 'spending',
      parent: 'value',
      name: { zh: '消费分层', en: 'Spending' },
      tags: ['payment_tier', 'history_spend', 'spending_power', 'frequency'],
    },
    {
      id: 'lifecycle_stage',
      name: { zh: '生命周期', en: 'Lifecycle' },
      tags: ['lifecycle', 'is_prospect', 'is_loyal', 'brand_loyalty'],
    },
    {
      id: 'behaviour',
      name: { zh: '行为偏好', en: 'Behaviour' },
      tags: ['intent', 'satisfaction', 'sharer', 'channels_used'],
    },
    { id: 'marketing', name: { zh: '营销偏好', en: 'Marketing' }, tags: ['coupon_taste', 'vip_manual'] },
    {
      id: 'basic',
      name: { zh: '基本信息', en: 'Basic facts' },
      tags: ['gender', 'age_band', 'city', 'income', 'hobbies', 'member_level'],
    },
    {
      id: 'companies',
      name: { zh: '企业', en: 'Companies' },
      tags: ['industry', 'org_size', 'org_place', 'credit_grade_tag'],
    },
  ],
  definitions: [
    ...DEMO_METRICS,
    ...VALUE_TAGS,
    ...LIFECYCLE_TAGS,
    ...BEHAVIOUR_TAGS,
    ...BASIC_TAGS,
    ...ORGANISATION_TAGS,
    ...DEMO_SEGMENTS,
  ],
}
