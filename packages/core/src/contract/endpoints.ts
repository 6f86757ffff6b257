import { AUDIENCE_ENDPOINTS } from './audience.js'
import { BATCH_ENDPOINTS } from './batch.js'
import { CALENDAR_ENDPOINTS } from './calendar.js'
import { CATALOGUE_ENDPOINTS } from './catalogue.js'
import type { EndpointSpec } from './endpoint.js'
import { EXPLAIN_ENDPOINTS } from './explain.js'
import { GOVERN_ENDPOINTS } from './govern.js'
import { HISTORY_ENDPOINTS } from './history.js'
import { IMPORT_ENDPOINTS } from './import.js'
import { JOB_ENDPOINTS } from './jobs.js'
import { LIST_ENDPOINTS } from './list.js'
import { NAME_ENDPOINTS } from './names.js'
import { PLAN_ENDPOINTS } from './plan.js'
import { RATE_ENDPOINTS } from './rates.js'
import { SEGMENT_ENDPOINTS } from './segment.js'
import { SUBJECT_ENDPOINTS } from './subject.js'
import { SUBJECT_TAG_ENDPOINTS } from './subject-tags.js'
import { TAG_ENDPOINTS } from './tag.js'

/** Every endpoint below /api/v1, in the order of the OpenAPI document. A new stage file adds its list here. */
export const ENDPOINTS: readonly EndpointSpec[] = [
  ...BATCH_ENDPOINTS,
  ...IMPORT_ENDPOINTS,
  ...NAME_ENDPOINTS,
  ...CALENDAR_ENDPOINTS,
  ...RATE_ENDPOINTS,
  ...SUBJECT_ENDPOINTS,
  ...CATALOGUE_ENDPOINTS,
  ...PLAN_ENDPOINTS,
  ...TAG_ENDPOINTS,
  ...HISTORY_ENDPOINTS,
  ...SUBJECT_TAG_ENDPOINTS,
  ...EXPLAIN_ENDPOINTS,
  ...SEGMENT_ENDPOINTS,
  ...LIST_ENDPOINTS,
  ...AUDIENCE_ENDPOINTS,
  ...GOVERN_ENDPOINTS,
  ...JOB_ENDPOINTS,
]
