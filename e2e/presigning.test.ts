// Presigned upgrades: the simulator's own verifier accepts what our signer makes, for a minute, and nothing that differs.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { presignUpgradeUrl } from '../electron/aws/signing'
import { verifySignature } from '../electron/simulator/api/signature'

const vectors = z
  .object({ vectors: z.array(z.object({ url: z.string(), region: z.string() })) })
  .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'vectors', 'signing-vectors.json'), 'utf8'))).vectors

const NOW = Date.parse('2026-11-28T12:34:56Z')
const credentials = { accessKeyId: 'ASIAEXAMPLE000000001', secretAccessKey: 'secret/+key', sessionToken: 'to/ken+==' }

const presigned = (streamUrl: string, region: string): Promise<string> =>
  presignUpgradeUrl({ streamUrl, region, credentials, signedAt: new Date(NOW), expiresInSeconds: 60 })

function verdict(url: string, region: string, now = NOW): string {
  const found = verifySignature(
    { method: 'GET', url: url.slice(url.indexOf('/v1/')), headers: { host: new URL(url).host }, body: Buffer.alloc(0) },
    { credentials, region, now, allowsPresign: true },
  )
  return found.kind === 'refused' ? found.reason : found.kind
}

test.each(vectors)('$url is dialled as it came, with its signature behind it', async ({ url, region }) => {
  const signed = await presigned(url, region)
  expect(signed.startsWith(`${url}&X-Amz-`)).toBe(true)
  expect(verdict(signed, region)).toBe('verified')
  expect(verdict(signed.replace('/v1/data-channel/', '/v1/data-channel/x'), region)).toBe('mismatch')
})

test('it works without a query of its own, and expires', async () => {
  const region = 'eu-west-1'
  const signed = await presigned('wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/a-1', region)
  expect(verdict(signed, region)).toBe('verified')
  expect(verdict(signed, region, NOW + 400_000)).toBe('skewed')
})
