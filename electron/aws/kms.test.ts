import { KMSClient } from '@aws-sdk/client-kms'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startStandIn, type Answer } from '../../e2e/kit/aws/awsstandin'
import { generateDataKey, keyRegion } from './kms'

describe('the region of a key', () => {
  test.each([
    ['arn:aws:kms:us-east-1:123456789012:key/1234', 'us-east-1'],
    ['arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/a', 'us-gov-west-1'],
    ['alias/a', 'eu-central-1'],
    ['1234abcd', 'eu-central-1'],
    // What becomes a part of a host name must look like a region.
    ['arn:aws:kms:evil.example:123456789012:key/1', 'eu-central-1'],
    ['arn:aws:kms::123456789012:key/1', 'eu-central-1'],
    ['arn:aws:iam:us-east-1:123456789012:key/1', 'eu-central-1'],
  ])('of %s is %s', (key, region) => {
    expect(keyRegion(key, 'eu-central-1')).toBe(region)
  })
})

/** A key that KMS answers with `Plaintext` and `CiphertextBlob` of these sizes. */
async function generated(plaintextBytes: number, blobBytes: number | undefined) {
  const base64 = (size: number): string => Buffer.alloc(size, 7).toString('base64')
  const body: Record<string, string> = { Plaintext: base64(plaintextBytes) }
  if (blobBytes !== undefined) body['CiphertextBlob'] = base64(blobBytes)
  const answer: Answer = { json: body }
  const standIn = await startStandIn(() => answer)
  onTestFinished(() => standIn[Symbol.asyncDispose]())
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' }
  const client = new KMSClient({ region: 'eu-central-1', endpoint: standIn.url, credentials })
  const request = { kmsKeyId: 'alias/a', encryptionContext: { 'aws:ssm:SessionId': 's' } }
  const key = await generateDataKey(client, request, new AbortController().signal)
  return { key, asked: standIn.asked }
}

test('a key of 64 bytes is asked for with its context, and given with its blob', async () => {
  const { key, asked } = await generated(64, 100)
  expect([key.plaintext.length, key.ciphertextBlob.length]).toEqual([64, 100])
  expect(asked.map(({ input }) => input)).toEqual([
    { KeyId: 'alias/a', NumberOfBytes: 64, EncryptionContext: { 'aws:ssm:SessionId': 's' } },
  ])
})

test.each([
  [32, 100],
  [64, undefined],
  [64, 65_537],
])('an answer with a key of %s bytes and a blob of %s is none', async (plaintext, blob) => {
  await expect(generated(plaintext, blob)).rejects.toMatchObject({ code: 'service' })
})
