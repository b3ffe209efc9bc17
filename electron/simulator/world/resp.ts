// Reads what a Redis client sends: requests as arrays of bulk strings, or inline as a line of words. Bounded; knows no command.
//
//   *2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n      an array of bulk strings
//   ECHO "hi there"\r\n                   inline, with quotes as Redis has them
//
// Source: Redis serialization protocol specification (RESP2).

/** Far more than a person types, and more than the stand-in stores. */
const MAX_REQUEST_BYTES = 131_072
const MAX_WORDS = 1_024
const MAX_INLINE_BYTES = 65_536

const CR = 13
const LF = 10
const NOTHING: Buffer = Buffer.alloc(0)

/** A malformed request. Its words are sent, then the connection is closed, as Redis does. */
export class RespError extends Error {}

function count(text: string, what: string, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value <= max)) throw new RespError(`Protocol error: invalid ${what} length`)
  return value
}

/** The words of an inline request: split at blanks, "…" and '…' keep theirs. Throws `RespError` for an open quote. */
function inlineWords(line: string): Buffer[] {
  const words: Buffer[] = []
  const piece = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s"']+))(?=\s|$)/y
  let at = 0
  const text = line.trimEnd()
  while (at < text.length) {
    piece.lastIndex = at
    const found = piece.exec(text)
    if (found === null) throw new RespError('Protocol error: unbalanced quotes in request')
    const [whole, double, single, bare] = found
    const unquoted = double?.replaceAll(/\\(.)/g, (_, character: string) => escapes[character] ?? character)
    words.push(Buffer.from(unquoted ?? single?.replaceAll("\\'", "'") ?? bare ?? ''))
    at += whole.length
  }
  if (words.length > MAX_WORDS) throw new RespError('Protocol error: too big inline request')
  return words
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\u0007' }

/** Collects bytes and hands out whole requests, each as its words. An empty request has none. */
export class RespReader {
  #bytes: Buffer = NOTHING

  /** Takes bytes, which may end anywhere. */
  add(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
  }

  /** The next whole request; undefined: more bytes are needed. Throws `RespError`. */
  next(): readonly Buffer[] | undefined {
    if (this.#bytes.length === 0) return undefined
    return this.#bytes[0] === 0x2a ? this.#array() : this.#inline()
  }

  #inline(): readonly Buffer[] | undefined {
    const end = this.#bytes.indexOf(LF)
    if (end > MAX_INLINE_BYTES || (end === -1 && this.#bytes.length > MAX_INLINE_BYTES)) {
      throw new RespError('Protocol error: too big inline request')
    }
    if (end === -1) return undefined
    const line = this.#bytes.toString('utf8', 0, end)
    this.#bytes = this.#bytes.subarray(end + 1)
    return inlineWords(line)
  }

  #array(): readonly Buffer[] | undefined {
    const head = this.#line(0)
    if (head === undefined) return this.#wait()
    const words: Buffer[] = []
    const wanted = count(head.text.slice(1), 'multibulk', MAX_WORDS)
    let { end } = head
    for (let index = 0; index < wanted; index += 1) {
      const line = this.#line(end)
      if (line === undefined) return this.#wait()
      if (!line.text.startsWith('$')) throw new RespError("Protocol error: expected '$'")
      const length = count(line.text.slice(1), 'bulk', MAX_REQUEST_BYTES)
      const from = line.end
      end = from + length + 2
      if (end > MAX_REQUEST_BYTES) throw new RespError('Protocol error: request too large for the Demo')
      if (this.#bytes.length < end) return this.#wait()
      if (this.#bytes[end - 2] !== CR || this.#bytes[end - 1] !== LF) {
        throw new RespError('Protocol error: a bulk string without its end')
      }
      words.push(this.#bytes.subarray(from, end - 2))
    }
    this.#bytes = this.#bytes.subarray(end)
    return words
  }

  /** The line at `from`, without its end; undefined: it is not whole. */
  #line(from: number): { readonly text: string; readonly end: number } | undefined {
    const at = this.#bytes.indexOf(LF, from)
    if (at === -1) return undefined
    const text = this.#bytes.toString('latin1', from, Math.min(at, from + 32)).replace(/\r$/, '')
    return { text, end: at + 1 }
  }

  /** Waits for more bytes, up to the bound of a request. */
  #wait(): undefined {
    if (this.#bytes.length > MAX_REQUEST_BYTES) throw new RespError('Protocol error: request too large for the Demo')
    return undefined
  }
}

/** A status: `+OK`. */
export function simple(text: string): Buffer {
  return Buffer.from(`+${text}\r\n`)
}

/** An error, with its kind as the first word: `-ERR unknown command`. On one line, whatever it quotes. */
export function failure(text: string): Buffer {
  return Buffer.from(`-${text.replaceAll(/\s+/g, ' ')}\r\n`)
}

/** A whole number. */
export function integer(value: number | bigint): Buffer {
  return Buffer.from(`:${value}\r\n`)
}

/** A value; undefined stands for a value that does not exist. */
export function bulk(value: Buffer | string | undefined): Buffer {
  if (value === undefined) return Buffer.from('$-1\r\n')
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')])
}

/** Several replies as one. */
export function array(items: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(`*${items.length}\r\n`), ...items])
}
