import type { EndpointSpec } from './endpoint.js'
import { GOVERN_ENDPOINTS } from './govern.js'
import { JOB_ENDPOINTS } from './jobs.js'

/** Every endpoint below /api/v1, in the order of the OpenAPI document. A new stage file adds its list here. */
export const ENDPOINTS: readonly EndpointSpec[] = [...GOVERN_ENDPOINTS, ...JOB_ENDPOINTS]
