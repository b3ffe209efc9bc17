// The lines of an asciicast v2 file: how they are written, and how they are read. Pure.
//
//   {"version":2,"width":80,"height":24,"timestamp":1796000000,"title":"…","culvert":{…}}   the header, padded with spaces
//   [1.250,"o","text"]                                                                     output
//   [3.000,"r","100x50"]                                                                   a new size
//   [4.500,"m","text"]                                                                     a marker
//
// The header keeps room: it is written again in its place once the recording has ended. Input is never written.
// Source: asciinema documentation, asciicast v2.

import { StringDecoder } from 'node:string_decoder'
import * as z from 'zod'
import type { CaptureKind } from '../../../shared/model/recording'
import type { TerminalSize } from '../../../shared/model/terminal'

/** The room of a header in its file, the line feed included. Longer names are cut before. */
export const HEADER_BYTES = 4_096

/** The longest line that is written: 16 KiB of output are 96 KiB of JSON at most. */
export const MAX_LINE_BYTES = 131_072

/** More output than this becomes several lines. */
const EVENT_BYTES = 16_384

const KINDS = ['shell', 'exec', 'container', 'ephemeral'] as const satisfies readonly CaptureKind[]

const text = z.string().max(300)
const count = z.number().int().nonnegative()

/** What Culvert adds to the header. Other players ignore it. */
const about = z.object({
  environment: text,
  region: text,
  target: text,
  targetName: text,
  kind: z.enum(KINDS),
  operationId: text,
  /** The process that writes it; see ledger/processname.ts. */
  writer: text,
  gaps: count,
  /** Epoch ms; absent while it is being written, and after a crash. */
  endedAt: count.exactOptional(),
  durationMs: count.exactOptional(),
})

const header = z.object({
  version: z.literal(2),
  width: z.number().int().min(1).max(10_000),
  height: z.number().int().min(1).max(10_000),
  /** Epoch seconds. */
  timestamp: z.number().nonnegative(),
  title: z.string().max(1_000).exactOptional(),
  env: z.record(z.string().max(100), z.string().max(1_000)).exactOptional(),
  culvert: about,
})

/** The header of a recording. */
export type CastHeader = z.infer<typeof header>

/** A line behind the header. `at`: ms since the start. */
export interface CastEvent {
  readonly at: number
  readonly kind: 'output' | 'size' | 'marker'
  readonly text: string
}

const codes = { o: 'output', r: 'size', m: 'marker' } as const

/** The header as its file has it: exactly `HEADER_BYTES` bytes. Its texts are 300 characters at most. */
export function encodeHeader(wanted: CastHeader): Buffer {
  const line = Buffer.alloc(HEADER_BYTES, ' ')
  const json = Buffer.from(JSON.stringify(wanted))
  // The texts are bounded in characters, and a character may take four bytes and be escaped.
  if (json.length >= HEADER_BYTES) return encodeHeader(shortened(wanted))
  json.copy(line)
  line[HEADER_BYTES - 1] = 0x0a
  return line
}

/** The same header with texts that fit for certain: 40 characters take 240 bytes of JSON at most. */
function shortened({ env: _env, title: _title, culvert, ...rest }: CastHeader): CastHeader {
  const cut = (value: string): string => value.slice(0, 40).replace(/[\uD800-\uDBFF]$/, '')
  const { environment, region, target, targetName, operationId } = culvert
  return {
    ...rest,
    culvert: {
      ...culvert,
      environment: cut(environment),
      region: cut(region),
      target: cut(target),
      targetName: cut(targetName),
      operationId: cut(operationId),
    },
  }
}

/** The header of a recording; undefined for any other line. */
export function parseHeader(line: string): CastHeader | undefined {
  return header.safeParse(parse(line)).data
}

/** An event; undefined for a torn line and for any other. */
export function parseEvent(line: string): CastEvent | undefined {
  // Without a schema: a search reads millions of lines.
  const read = parse(line)
  if (!isList(read)) return undefined
  const [at, code, said] = read
  if (typeof at !== 'number' || !(at >= 0) || typeof said !== 'string') return undefined
  if (code !== 'o' && code !== 'r' && code !== 'm') return undefined
  return { at: at * 1_000, kind: codes[code], text: said }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** A line of the file. `at`: ms since the start. */
export function encodeEvent(at: number, code: keyof typeof codes, said: string): string {
  return `[${(at / 1_000).toFixed(3)},"${code}",${JSON.stringify(said)}]\n`
}

/** A new size. */
export function encodeSize(at: number, { cols, rows }: TerminalSize): string {
  return encodeEvent(at, 'r', `${String(cols)}x${String(rows)}`)
}

/**
 * Encodes output, which comes in pieces that may end within a character: the rest of it is awaited. Bytes that are no UTF-8 become U+FFFD.
 */
export class OutputEncoder {
  #decoder = new StringDecoder('utf8')

  /** The lines of a piece of output; "" where it only begins a character. */
  encode(at: number, bytes: Uint8Array): string {
    let lines = ''
    for (let start = 0; start < bytes.length; start += EVENT_BYTES) {
      const said = this.#decoder.write(
        Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(EVENT_BYTES, bytes.length - start)),
      )
      if (said !== '') lines += encodeEvent(at, 'o', said)
    }
    return lines
  }

  /** The line of a character whose rest has not come; "" mostly. Output after a gap begins anew. */
  flush(at: number): string {
    const said = this.#decoder.end()
    this.#decoder = new StringDecoder('utf8')
    return said === '' ? '' : encodeEvent(at, 'o', said)
  }
}
