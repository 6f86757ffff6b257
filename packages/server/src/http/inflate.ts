import { type Readable, Transform } from 'node:stream'
import { createGunzip, createInflate } from 'node:zlib'
import { AppError } from '@tagtree/core/kernel/app-error'

/** A readable that says how many encoded bytes it has taken in; the HTTP frame compares them with Content-Length. */
export type CountedReadable = Readable & { receivedEncodedLength?: number }

/**
 * Undoes the Content-Encoding of a request body. The output ends with BODY_TOO_LARGE as soon as it exceeds `limit`
 * bytes, so a few bytes can never become gigabytes; broken or cut input ends with COMPRESSION_BROKEN.
 * @throws AppError ENCODING_UNSUPPORTED
 */
export function inflateBody(body: Readable, encoding: string | undefined, limit: number): CountedReadable {
  const name = (encoding ?? 'identity').trim().toLowerCase()
  if (name === '' || name === 'identity') return body
  if (!['gzip', 'x-gzip', 'deflate'].includes(name)) throw new AppError('ENCODING_UNSUPPORTED')
  const inflater = name === 'deflate' ? createInflate() : createGunzip()

  let produced = 0
  const output: CountedReadable & Transform = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      produced += chunk.length
      if (produced <= limit) return done(null, chunk)
      body.unpipe(inflater)
      // The rest is read and thrown away, so that the client gets to read the answer.
      body.resume()
      inflater.destroy()
      done(new AppError('BODY_TOO_LARGE', { words: { limit } }))
    },
  })
  output.receivedEncodedLength = 0
  body.on('data', (chunk: Buffer) => {
    output.receivedEncodedLength! += chunk.length
  })
  body.once('error', () => output.destroy(new AppError('BODY_INCOMPLETE')))
  inflater.once('error', (cause) => {
    body.unpipe(inflater)
    body.resume()
    output.destroy(new AppError('COMPRESSION_BROKEN', { cause }))
  })
  body.pipe(inflater).pipe(output)
  return output
}
