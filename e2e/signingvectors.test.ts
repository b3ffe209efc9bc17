// Every upgrade header that AWS's own Go signer made (vectors/signing-vectors.json): our signer makes the same, and the simulator
// accepts it and nothing that differs in the query.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { signUpgradeRequest } from '../electron/aws/signing'
import { verifySignature } from '../electron/simulator/api/signature'

const vectors = z
  .object({
    vectors: z.array(
      z.object({
        url: z.string(),
        region: z.string(),
        accessKeyId: z.string(),
        secretAccessKey: z.string(),
        sessionToken: z.string().nullable(),
        signedAt: z.string(),
        authorization: z.string(),
        xAmzDate: z.string(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'vectors', 'signing-vectors.json'), 'utf8'))).vectors

type Vector = (typeof vectors)[number]

const nameOf = ({ url, sessionToken }: Vector): string => `${url} ${sessionToken === null ? 'without' : 'with'} a token`

function verdictOf(vector: Vector, url: string) {
  const address = new URL(vector.url)
  return verifySignature(
    {
      method: 'GET',
      url,
      headers: {
        host: address.host,
        authorization: vector.authorization,
        'x-amz-date': vector.xAmzDate,
        ...(vector.sessionToken === null ? {} : { 'x-amz-security-token': vector.sessionToken }),
      },
      body: Buffer.alloc(0),
    },
    {
      credentials: {
        accessKeyId: vector.accessKeyId,
        secretAccessKey: vector.secretAccessKey,
        sessionToken: vector.sessionToken ?? '',
      },
      region: vector.region,
      now: Date.parse(vector.signedAt),
    },
  )
}

/** Path and query exactly as the URL has them. */
const pathOf = (url: string): string => url.slice(url.indexOf('/v1/'))

describe('the headers that AWS signed', () => {
  it('are 18', () => expect(vectors.length).toBe(18))

  for (const vector of vectors) {
    it(`are ours too: ${nameOf(vector)}`, async () => {
      const { accessKeyId, secretAccessKey, sessionToken } = vector
      const headers = await signUpgradeRequest({
        url: new URL(vector.url),
        region: vector.region,
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) },
        signedAt: new Date(vector.signedAt),
      })
      expect(headers).toEqual({
        authorization: vector.authorization,
        'x-amz-date': vector.xAmzDate,
        ...(sessionToken === null ? {} : { 'x-amz-security-token': sessionToken }),
      })
    })

    it(`are accepted by the simulator, but not for another query: ${nameOf(vector)}`, () => {
      expect(verdictOf(vector, pathOf(vector.url)).kind).toBe('verified')
      expect(verdictOf(vector, `${pathOf(vector.url)}x`)).toMatchObject({ kind: 'refused', reason: 'mismatch' })
    })
  }
})
