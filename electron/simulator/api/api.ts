// The HTTP face of the APIs: which service a request is for, whether it may be answered, and the answer.
//
// SSM and KMS are known by X-Amz-Target, EC2 and STS by their form's Action. Every request is verified; a browser never gets as
// far, see door.ts. Knows no sockets.

import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { fault, reply, type Answer, type Fault, type Injections } from './answers'
import { describeInstances } from './ec2'
import { jsonAnswer, refusalFault, xmlAnswer, type HttpAnswer, type ServiceName } from '../gateway/protocols'
import type { Service } from './service'
import type { FaultTally } from '../faults/kinds'
import type { KeyRing } from './keyring'
import type { SignedRequest } from './signature'
import { ssmOperations } from './ssm'
import type { Xml } from './xml'

const SSM_PREFIX = 'AmazonSSM.'
const KMS_PREFIX = 'TrentService.'

type Json = Readonly<Record<string, unknown>>

/** What answering takes. */
export interface ApiOptions {
  readonly service: Service
  readonly keyRing: KeyRing
  readonly tally: FaultTally
  readonly injections: Injections
  readonly signal: AbortSignal
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function getCallerIdentity({ callerArn, accountId }: Service): Answer<Readonly<Record<string, Xml>>> {
  const name = callerArn.split('/').at(-1) ?? ''
  return reply({ Arn: callerArn, UserId: `AROACULVERTDEMOROLE0:${name}`, Account: accountId })
}

// The fault that keeps a request from being answered, if there is one; an injected delay is waited out here.
async function obstacle(
  request: SignedRequest,
  call: { readonly service: ServiceName; readonly operation: string },
  options: ApiOptions,
): Promise<Fault | 'no-token' | 'no-url' | undefined> {
  const { service, keyRing, injections, signal } = options
  const verdict = keyRing.verify(request, { region: service.region, now: Date.now() })
  if (verdict.kind === 'refused' && verdict.reason === 'expired') options.tally.add('expired-credentials')
  if (verdict.kind === 'refused') return refusalFault(call.service, verdict)
  if (verdict.scope.service !== call.service) {
    const why = `Credential should be scoped to correct service: '${call.service}'.`
    return refusalFault(call.service, { kind: 'refused', reason: 'wrong-scope', why })
  }
  const injection = injections.take(call.operation)
  if (injection?.kind === 'fault') return injection
  if (injection?.kind === 'delay') await wait(injection.delayMs, undefined, { signal })
  return injection?.kind === 'no-token' || injection?.kind === 'no-url' ? injection.kind : undefined
}

async function answerSsm(request: SignedRequest, target: string, options: ApiOptions): Promise<HttpAnswer> {
  const operation = target.slice(SSM_PREFIX.length)
  const found = await obstacle(request, { service: 'ssm', operation }, options)
  if (typeof found === 'object') return jsonAnswer(found)
  const run = ssmOperations.get(operation)
  if (run === undefined) return jsonAnswer(fault('UnknownOperationException', `The Demo does not know ${operation}.`))
  const body = parseJson(request.body)
  if (body === undefined) return jsonAnswer(fault('SerializationException', 'The request is not JSON.'))
  const answer: Answer<Json> = run(body, options.service)
  if (found === undefined || answer.kind === 'fault') return jsonAnswer(answer)
  const { SessionId: id, TokenValue: token } = answer.body
  if (found === 'no-url') {
    options.service.store.get(String(id))?.keepPath()
    return jsonAnswer(reply({ SessionId: id, TokenValue: token, StreamUrl: '' }))
  }
  // A finished session may also be answered like this (§1.2).
  return jsonAnswer(reply({ SessionId: id }))
}

async function answerKms(request: SignedRequest, target: string, options: ApiOptions): Promise<HttpAnswer> {
  const operation = target.slice(KMS_PREFIX.length)
  const found = await obstacle(request, { service: 'kms', operation }, options)
  if (typeof found === 'object') return jsonAnswer(found)
  if (operation === 'GenerateDataKey') return jsonAnswer(options.service.keys.generate(parseJson(request.body)))
  return jsonAnswer(fault('UnknownOperationException', `The Demo does not know ${operation}.`))
}

async function answerQuery(request: SignedRequest, options: ApiOptions): Promise<HttpAnswer> {
  const form = new URLSearchParams(request.body.toString('utf8'))
  const action = form.get('Action') ?? ''
  const service = action === 'GetCallerIdentity' ? 'sts' : 'ec2'
  const call = { action, requestId: randomUUID() }
  const found = await obstacle(request, { service, operation: action }, options)
  if (typeof found === 'object') return xmlAnswer(service, call, found)
  if (action === 'GetCallerIdentity') return xmlAnswer(service, call, getCallerIdentity(options.service))
  if (action === 'DescribeInstances') return xmlAnswer(service, call, describeInstances(form, options.service))
  return xmlAnswer(service, call, fault('InvalidAction', `The action ${action} is not valid for this web service.`))
}

/** Answers one API request. Rejects only when `signal` is aborted while an injected delay runs. */
export function answerApi(request: SignedRequest, options: ApiOptions): Promise<HttpAnswer> {
  const header = request.headers['x-amz-target']
  const target = typeof header === 'string' ? header : undefined
  if (target?.startsWith(SSM_PREFIX) === true) return answerSsm(request, target, options)
  if (target?.startsWith(KMS_PREFIX) === true) return answerKms(request, target, options)
  const contentType = request.headers['content-type'] ?? ''
  if (contentType.startsWith('application/x-www-form-urlencoded')) return answerQuery(request, options)
  return Promise.resolve(jsonAnswer(fault('UnknownOperationException', 'The request names no operation.', 404)))
}
