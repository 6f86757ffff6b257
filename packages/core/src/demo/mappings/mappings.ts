import type { Mapping } from '../../collect/mapping/mapping.js'
import type { DemoFileName } from '../files/file.js'
import { COUPONS_MAPPING, SURVEYS_MAPPING, WEB_MAPPING } from './behaviour-mappings.js'
import { COMPANIES_MAPPING, CONTACTS_MAPPING, CUSTOMERS_MAPPING, GOODS_MAPPING } from './master-mappings.js'
import { ORDERS_MAPPING, POS_MAPPING } from './order-mappings.js'
import { RETURNS_MAPPING, SERVICE_MAPPING } from './service-mappings.js'

/** What the columns of each of the demo's files mean. */
export const DEMO_MAPPINGS: Readonly<Record<DemoFileName, Mapping>> = {
  'goods.csv': GOODS_MAPPING,
  'customers.xlsx': CUSTOMERS_MAPPING,
  'orders.csv': ORDERS_MAPPING,
  'pos-orders.csv': POS_MAPPING,
  'web-events.ndjson': WEB_MAPPING,
  'returns.csv': RETURNS_MAPPING,
  'coupons.csv': COUPONS_MAPPING,
  'service.csv': SERVICE_MAPPING,
  'surveys.csv': SURVEYS_MAPPING,
  'companies.xlsx': COMPANIES_MAPPING,
  'contacts.csv': CONTACTS_MAPPING,
}
