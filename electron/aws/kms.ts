// The data key of an encrypted session, made by AWS KMS.
//
// Knows which region a key lives in and what KMS's answer holds. Does not know credentials, retries or the words of errors
// (calls.ts, errors/errors.ts). Source: specification §6; AWS KMS API reference, GenerateDataKey.

import type { KMSClient } from '@aws-sdk/client-kms'
import type { DataKey, DataKeyRequest } from '../../shared/session'
import { AppError } from '../../shared/errors'

/** One key of 32 bytes for each direction. Asked for by number: as AES_256 it would be only half of that. */
const DATA_KEY_BYTES = 64

/** AWS documents 6,144 bytes at most. The blob goes to the agent in one message. */
const MAX_BLOB_BYTES = 65_536

/**
 * The region of a key: the one that its ARN names, else `sessionRegion`. The ARN comes from the instance and becomes a part
 * of a host name, so only what looks like a region counts.
 */
export function keyRegion(kmsKeyId: string, sessionRegion: string): string {
  return /^arn:aws[\w-]*:kms:([a-z]{2,}(?:-[a-z0-9]+)+):/.exec(kmsKeyId)?.[1] ?? sessionRegion
}

/** Has KMS make a data key. Throws `service` where the answer holds none, and otherwise what the SDK throws. */
export async function generateDataKey(
  client: KMSClient,
  request: DataKeyRequest,
  signal: AbortSignal,
): Promise<DataKey> {
  const { GenerateDataKeyCommand } = await import('@aws-sdk/client-kms')
  const { CiphertextBlob: ciphertextBlob, Plaintext: plaintext } = await client.send(
    new GenerateDataKeyCommand({
      KeyId: request.kmsKeyId,
      NumberOfBytes: DATA_KEY_BYTES,
      EncryptionContext: { ...request.encryptionContext },
    }),
    { abortSignal: signal },
  )
  const isBlob = ciphertextBlob !== undefined && ciphertextBlob.length <= MAX_BLOB_BYTES
  if (!isBlob || plaintext?.length !== DATA_KEY_BYTES) {
    throw new AppError('service', 'AWS KMS answered kms:GenerateDataKey without a key of 64 bytes: try again.')
  }
  return { ciphertextBlob, plaintext }
}
