import { expect, it } from 'vitest'
import { AppError } from '../../shared/errors'
import { loadCast, loadFile, type ReadPiece } from './load'

const { signal } = new AbortController()
const HEAD = '{"version":2,"width":80,"height":24}\n'

/** A file that is read in pieces of `size` bytes. */
function fileOf(text: string, size: number): ReadPiece {
  const whole = new TextEncoder().encode(text)
  return async (offset) => {
    const end = offset + size
    return { bytes: whole.subarray(offset, end), ...(end < whole.length ? { nextOffset: end } : {}) }
  }
}

it('reads a recording in pieces, and says how much was read', async () => {
  const seen: number[] = []
  const text = `${HEAD}[1,"o","a"]\n[2,"o","b"]\n`
  const { cast, isCut } = await loadCast(fileOf(text, 30), { signal, onBytes: (bytes) => seen.push(bytes) })
  expect([cast?.events.length, isCut, seen.at(-1)]).toEqual([2, false, text.length])
})

it('plays the first part of a file that is too large, and asks for no more than that', async () => {
  let asked = 0
  const piece = new TextEncoder().encode('[1,"o","x"]\n'.repeat(10))
  const { cast, isCut } = await loadCast(
    async (offset) => {
      asked += 1
      const bytes = offset === 0 ? new TextEncoder().encode(HEAD) : piece
      return { bytes, nextOffset: offset + bytes.length }
    },
    { signal, onBytes: () => undefined, maxBytes: HEAD.length + 3 * piece.length },
  )
  expect([cast?.events.length, isCut, asked]).toEqual([30, true, 5])
})

it('reads no more than a piece of a file that is no recording', async () => {
  let asked = 0
  const { cast } = await loadCast(
    async (offset) => {
      asked += 1
      return { bytes: new TextEncoder().encode('GIF89a\n'), nextOffset: offset + 7 }
    },
    { signal, onBytes: () => undefined },
  )
  expect([cast, asked]).toEqual([undefined, 2])
})

it('ends at a piece that leads nowhere', async () => {
  const blob = await loadFile(async () => ({ bytes: new Uint8Array(3), nextOffset: 0 }), {
    signal,
    onBytes: () => undefined,
  })
  expect(blob.size).toBe(3)
})

it('exports every byte of a file, also those that are no text', async () => {
  const whole = Uint8Array.from({ length: 1_000 }, (_, index) => index % 256)
  const blob = await loadFile(
    async (offset) => ({
      bytes: whole.subarray(offset, offset + 300),
      ...(offset + 300 < whole.length ? { nextOffset: offset + 300 } : {}),
    }),
    { signal, onBytes: () => undefined },
  )
  expect(new Uint8Array(await blob.arrayBuffer())).toEqual(whole)
})

it('rejects with the refusal of the core, and stops when the person leaves', async () => {
  const refused: ReadPiece = () => Promise.reject(new AppError('recording-failed', 'The file is gone.'))
  await expect(loadCast(refused, { signal, onBytes: () => undefined })).rejects.toThrow('The file is gone.')
  const leaving = new AbortController()
  const text = `${HEAD}${'[1,"o","a"]\n'.repeat(100)}`
  const loading = loadCast(fileOf(text, 10), {
    signal: leaving.signal,
    onBytes: () => leaving.abort(new Error('left')),
  })
  await expect(loading).rejects.toThrow('left')
})
