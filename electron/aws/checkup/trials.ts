// Makes calls only to see whether they are allowed. Where AWS has a dry run, that is used: it reads and creates nothing.
//
// EC2 and KMS answer an allowed dry run with the error DryRunOperation. Source: EC2 API reference, "DryRun"; KMS developer guide,
// "Testing your permissions".

import { asError } from '../../../shared/errors'
import type { Calls } from '../calls'
import type { Clients } from '../clients'
import { withDeadline } from '../deadline'
import { toAppError } from '../errors/errors'
import type { CredentialSource } from '../errors/sentences'
import { keyRegion } from '../kms'
import { isGone } from '../nodetags'
import { everyPage } from '../pages'
import { AppError } from '../../../shared/errors'

const ALLOWED = ['DryRunOperation', 'DryRunOperationException']

/** Shorter than a call of the product: the doctor waits for each. */
const TRY_MS = 30_000

/** What the trials use of an account. */
export interface TrialsOptions {
  readonly calls: Calls
  readonly clients: Clients
  readonly region: string
  readonly source: () => CredentialSource
}

interface Subject {
  readonly action: string
  readonly key?: string
  readonly region?: string
}

/** Runs `send`, which fails also where it is allowed. Rejects with the error of a call that is not. */
async function dryRun(
  { region, source }: TrialsOptions,
  call: { readonly subject: Subject; readonly signal: AbortSignal },
  send: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const { subject, signal } = call
  const late = (): AppError =>
    new AppError('timeout', `AWS did not answer ${subject.action} within ${TRY_MS / 1_000} s.`)
  try {
    await withDeadline({ signal, ms: TRY_MS, late }, send)
  } catch (error) {
    if (signal.aborted) throw error
    if (ALLOWED.includes(asError(error).name)) return
    throw await toAppError(error, { region, ...subject, source: source() })
  }
}

/** See `Examination.tryMachines`. */
export function tryMachines(options: TrialsOptions, signal: AbortSignal): Promise<void> {
  return dryRun(options, { subject: { action: 'ec2:DescribeInstances' }, signal }, async (abortSignal) => {
    const { DescribeInstancesCommand } = await import('@aws-sdk/client-ec2')
    const client = await options.clients.ec2()
    await client.send(new DescribeInstancesCommand({ DryRun: true }), { abortSignal })
  })
}

/** See `Examination.tryKey`. */
export function tryKey(options: TrialsOptions, kmsKeyId: string, signal: AbortSignal): Promise<void> {
  const region = keyRegion(kmsKeyId, options.region)
  const subject = { action: 'kms:GenerateDataKey', key: kmsKeyId, region }
  return dryRun(options, { subject, signal }, async (abortSignal) => {
    const { GenerateDataKeyCommand } = await import('@aws-sdk/client-kms')
    const client = await options.clients.kms(region)
    await client.send(new GenerateDataKeyCommand({ KeyId: kmsKeyId, NumberOfBytes: 64, DryRun: true }), { abortSignal })
  })
}

/** See `Examination.tryNodes`. Five is the smallest page. Source: Systems Manager API reference. */
export async function tryNodes({ calls }: TrialsOptions, signal: AbortSignal): Promise<void> {
  await calls.describeSsm({ MaxResults: 5 }, signal)
}

/** The first hybrid node that Systems Manager lists. A page of a filtered list may be empty. */
async function firstHybridNode(calls: Calls, signal: AbortSignal): Promise<string | undefined> {
  const { items } = await everyPage({
    maxItems: 1,
    sizeOf: (id: string) => id.length,
    ask: async (token) => {
      const Filters = [{ Key: 'ResourceType', Values: ['ManagedInstance'] }]
      const answer = await calls.describeSsm({ Filters, MaxResults: 5, ...token }, signal)
      const ids = (answer.InstanceInformationList ?? []).map(({ InstanceId: id = '' }) => id)
      return { items: ids.filter((id) => /^mi-[0-9a-f]{17}$/.test(id)), next: answer.NextToken }
    },
  })
  return items[0]
}

/** See `Examination.tryNodeTags`. */
export async function tryNodeTags(
  { calls }: TrialsOptions,
  nodeId: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const id = nodeId ?? (await firstHybridNode(calls, signal))
  if (id === undefined) return undefined
  try {
    await calls.nodeTags(id, signal)
  } catch (error) {
    // The node has gone meanwhile: the call itself was allowed.
    if (!isGone(error)) throw error
  }
  return id
}

/** See `Examination.trySessions`. */
export async function trySessions({ calls }: TrialsOptions, target: string, signal: AbortSignal): Promise<void> {
  await calls.describeSessions({ State: 'Active', Filters: [{ key: 'Target', value: target }], MaxResults: 1 }, signal)
}
