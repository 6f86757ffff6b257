/** Gathers text as UTF-8 bytes outside of the JavaScript heap: many small pieces cost the garbage collector nothing. */
export class TextBuffer {
  private buffer: Buffer
  private length = 0

  constructor(firstBytes = 64 * 1024) {
    this.buffer = Buffer.allocUnsafeSlow(firstBytes)
  }

  get bytes(): number {
    return this.length
  }

  append(text: string): void {
    // A UTF-16 unit takes at most three bytes.
    const most = text.length * 3
    if (this.length + most > this.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.length + most))
      this.buffer.copy(larger, 0, 0, this.length)
      this.buffer = larger
    }
    this.length += this.buffer.write(text, this.length)
  }

  /** The bytes gathered so far; valid until the next `append`. */
  content(): Buffer {
    return this.buffer.subarray(0, this.length)
  }
}
