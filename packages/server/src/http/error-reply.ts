import type { ErrorShape } from '@tagtree/core/contract/error-shape'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { ErrorCode } from '@tagtree/core/kernel/errors'
import { toPostgresError } from '../store/postgres.js'
import type { Language } from './context.js'

/** Errors of the HTTP frame and of what only a database notices, in the product's own words. */
const frameErrors: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_INVALID_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_EMPTY_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'BODY_INCOMPLETE',
  FST_ERR_BAD_URL: 'HTTP_BROKEN',
  FST_ERR_MAX_PARAM_LENGTH: 'HTTP_BROKEN',
  ECONNRESET: 'BODY_INCOMPLETE',
  ERR_STREAM_PREMATURE_CLOSE: 'BODY_INCOMPLETE',
  HPE_HEADER_OVERFLOW: 'HTTP_BROKEN',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
  // PostgreSQL, for a text and inside a JSON document.
  '22021': 'TEXT_UNSTORABLE',
  '22P05': 'TEXT_UNSTORABLE',
}

/** Any thrown thing as an AppError; what nobody foresaw becomes INTERNAL with the cause inside. */
export function toAppError(error: unknown, bodyLimit: number): AppError {
  const known = toPostgresError(error)
  if (known instanceof AppError) return known
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const frame = Object.hasOwn(frameErrors, code) ? frameErrors[code] : undefined
  if (frame === undefined) return new AppError('INTERNAL', { cause: error })
  return new AppError(frame, { words: { limit: bodyLimit, expected: 'application/json' }, cause: error })
}

/** Whether the same request may succeed later. */
export function isRetryable(error: AppError): boolean {
  return error.status === 429 || error.status === 503 || error.code === 'REQUEST_IN_PROGRESS'
}

/** The body of a refusal. Causes stay inside: they may quote a customer's data. */
export function errorBody(error: AppError, language: Language, requestId: string): ErrorShape {
  const { message, action } = error.say(language)
  return {
    error: {
      code: error.code,
      message,
      action,
      ...(error.pointer === undefined ? {} : { pointer: error.pointer }),
      ...(error.issues.length === 0
        ? {}
        : {
            issues: error.issues.map((issue) => ({
              pointer: issue.pointer,
              message: language === 'zh' ? (issue.messageZh ?? issue.message) : issue.message,
              ...(issue.didYouMean === undefined ? {} : { didYouMean: issue.didYouMean }),
            })),
          }),
      requestId,
      retryable: isRetryable(error),
    },
  }
}

/** Headers that belong to a refusal. */
export function errorHeaders(error: AppError): Readonly<Record<string, string>> {
  const seconds = error.retryAfterSeconds ?? (isRetryable(error) ? 2 : undefined)
  return {
    ...(seconds === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(seconds))) }),
    ...(error.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  }
}
