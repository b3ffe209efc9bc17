// Reads an authorization token from stdin or from a file. It is a secret, so it is never an argument, and no error quotes it.
//
// The text may be the token alone, or all that `culvert authorize` prints, as text or as JSON. From stdin no more is read than the line
// with the token: what comes behind a line with the token alone stays there, for a shell.

import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { AppError, asError } from '../../shared/errors'
import { malformedToken } from '../core/authorizations/tokens/token'
import { readRegular } from '../core/store/regularfile'

/** More than any token has, with all that is printed around it. */
const MAX_BYTES = 262_144

const TOKEN = /culvert-(?:authz|portable)-1\.[A-Za-z0-9._-]+/

/** The mode bits of the group and of all others. */
const OTHERS = 0o077

/** A token that was read. `isAlone`: its line had nothing else. */
export interface TokenRead {
  readonly token: string
  readonly isAlone: boolean
}

/** Reads the token of a text. Throws `authorization-refused` where there is none. */
export function tokenIn(text: string): TokenRead {
  const [token] = TOKEN.exec(text) ?? []
  if (token === undefined) throw malformedToken()
  return { token, isAlone: text.trim() === token }
}

/** Reads lines of `stdin` up to one with a token. Rejects with `authorization-refused` where none comes. */
export async function readToken(stdin: Readable): Promise<TokenRead> {
  let held = Buffer.alloc(0)
  let readBytes = 0
  return new Promise((resolve, reject) => {
    const done = (act: () => void): void => {
      stdin.pause()
      stdin.off('data', take)
      stdin.off('end', end)
      stdin.off('error', fail)
      act()
    }
    const fail = (error: unknown): void => done(() => reject(asError(error)))
    const end = (): void => {
      try {
        const read = tokenIn(held.toString())
        done(() => resolve(read))
      } catch (error) {
        fail(error)
      }
    }
    const take = (chunk: unknown): void => {
      if (!(chunk instanceof Uint8Array)) return
      held = Buffer.concat([held, chunk])
      readBytes += chunk.length
      for (let at = held.indexOf(0x0a); at !== -1; at = held.indexOf(0x0a)) {
        const line = held.subarray(0, at).toString()
        held = held.subarray(at + 1)
        if (!TOKEN.test(line)) continue
        done(() => {
          if (held.length > 0) stdin.unshift(held)
          resolve(tokenIn(line))
        })
        return
      }
      if (readBytes > MAX_BYTES) fail(malformedToken())
    }
    stdin.on('end', end)
    stdin.on('error', fail)
    stdin.on('data', take)
  })
}

/** Reads the token of a file. `warn` is called with a sentence where other users can read it. Rejects with `usage` where it cannot be read. */
export async function readTokenFile(path: string, warn: (text: string) => void): Promise<TokenRead> {
  let bytes: Buffer | undefined
  try {
    const { mode } = await stat(path)
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      warn(`Other users may read ${path}, and the token in it is a secret: run chmod 600 on it.`)
    }
    bytes = await readRegular(path)
  } catch (error) {
    throw new AppError('usage', `${path} cannot be read (${asError(error).message}): check its path and its mode.`)
  }
  if (bytes === undefined || bytes.length > MAX_BYTES) throw malformedToken()
  return tokenIn(bytes.toString())
}
