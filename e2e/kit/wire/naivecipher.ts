// A second, naive AES-256-GCM and the rules of an encrypted session, written apart from electron/ssm/handshake/encryption.ts: block by
// block from NIST SP 800-38D with nothing but the bare block cipher of the platform.

import { createCipheriv } from 'node:crypto'

function block(key: Buffer, input: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-ecb', key, null)
  cipher.setAutoPadding(false)
  return Buffer.concat([cipher.update(input), cipher.final()])
}

const asNumber = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`)
const asBlock = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(32, '0'), 'hex')

function multiply(x: bigint, y: bigint): bigint {
  let product = 0n
  let shifted = y
  for (let bit = 127n; bit >= 0n; bit -= 1n) {
    if ((x >> bit) & 1n) product ^= shifted
    shifted = shifted & 1n ? (shifted >> 1n) ^ (0xe1n << 120n) : shifted >> 1n
  }
  return product
}

/** XORs `text` with the key stream of `nonce`. */
function stream(key: Buffer, nonce: Buffer, text: Buffer): Buffer {
  const result = Buffer.from(text)
  for (let at = 0; at < text.length; at += 16) {
    const counter = Buffer.concat([nonce, Buffer.alloc(4)])
    counter.writeUInt32BE(at / 16 + 2, 12)
    const pad = block(key, counter)
    for (let index = at; index < Math.min(at + 16, text.length); index += 1) result[index]! ^= pad[index - at]!
  }
  return result
}

function tagOf(key: Buffer, nonce: Buffer, ciphertext: Buffer): Buffer {
  const hashKey = asNumber(block(key, Buffer.alloc(16)))
  let hash = 0n
  for (let at = 0; at < ciphertext.length; at += 16) {
    const part = Buffer.alloc(16)
    ciphertext.copy(part, 0, at, at + 16)
    hash = multiply(hash ^ asNumber(part), hashKey)
  }
  hash = multiply(hash ^ BigInt(ciphertext.length * 8), hashKey)
  const first = block(key, Buffer.concat([nonce, Buffer.from([0, 0, 0, 1])]))
  return asBlock(hash ^ asNumber(first))
}

/** nonce ‖ ciphertext ‖ tag. */
export function naiveSeal(key: Buffer, nonce: Buffer, plain: Buffer | string): Buffer {
  const ciphertext = stream(key, nonce, Buffer.from(plain))
  return Buffer.concat([nonce, ciphertext, tagOf(key, nonce, ciphertext)])
}

/** Throws where the tag does not fit. */
export function naiveOpen(key: Buffer, sealed: Buffer): Buffer {
  const nonce = sealed.subarray(0, 12)
  const ciphertext = sealed.subarray(12, -16)
  if (!tagOf(key, nonce, ciphertext).equals(sealed.subarray(-16))) throw new Error('the tag does not fit')
  return stream(key, nonce, ciphertext)
}

/** The halves of a data key. */
export function halves(dataKey: Buffer): { readonly toClient: Buffer; readonly toAgent: Buffer } {
  return { toClient: dataKey.subarray(0, 32), toAgent: dataKey.subarray(32, 64) }
}
