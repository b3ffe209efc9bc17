// The cipher of a session against a naive one.

import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { naiveOpen, naiveSeal } from '../../../e2e/kit/wire/naivecipher'
import { PayloadCipher } from './encryption'
import { KEY, NONCE, stageTime, toAgent, toClient } from './encryption.kit'

stageTime()

describe('the cipher', () => {
  it('is AES-256-GCM as the naive one has it, both ways and at every length', () => {
    const cipher = new PayloadCipher(KEY)
    for (const length of [0, 1, 15, 16, 17, 31, 32, 33, 1_024, 1_027]) {
      const plain = randomBytes(length)
      expect(naiveOpen(toAgent, cipher.seal(plain)).equals(plain)).toBe(true)
      expect(cipher.open(naiveSeal(toClient, randomBytes(12), plain)).equals(plain)).toBe(true)
    }
    cipher.destroy()
  })

  it('uses no nonce twice, and starts at another one in each session', () => {
    const cipher = new PayloadCipher(KEY, Buffer.from('feffffff00000000ffffffff', 'hex'))
    const nonces = Array.from({ length: 600 }, () => cipher.seal(Buffer.alloc(1)).toString('hex', 0, 12))
    expect(new Set(nonces).size).toBe(600)
    const first = (): string => new PayloadCipher(KEY).seal(Buffer.alloc(1)).toString('hex', 0, 12)
    expect(first()).not.toBe(first())
  })

  it('refuses every flipped bit, what is too short, its own direction and a key of another length', () => {
    const cipher = new PayloadCipher(KEY)
    const failed = expect.objectContaining({ code: 'encryption-failed' })
    const sealed = naiveSeal(toClient, NONCE, 'ls')
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const bad = Buffer.from(sealed)
      bad[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => cipher.open(bad)).toThrow(failed)
    }
    for (let length = 0; length < 28; length += 1) expect(() => cipher.open(sealed.subarray(0, length))).toThrow(failed)
    expect(() => cipher.open(cipher.seal(Buffer.from('x')))).toThrow(failed)
    for (const length of [0, 32, 63, 65]) expect(() => new PayloadCipher(Buffer.alloc(length))).toThrow(failed)
  })

  it('that is destroyed encrypts nothing any more', () => {
    const cipher = new PayloadCipher(KEY)
    cipher.destroy()
    expect(() => cipher.seal(Buffer.from('x'))).toThrow(expect.objectContaining({ code: 'internal' }))
    expect(() => cipher.open(naiveSeal(toClient, NONCE, 'x'))).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})
