// Answers API requests: finds the service that a request is for, decides whether the caller may have an answer, and makes it.
//
// SSM, KMS and ECS are known by X-Amz-Target, EC2 and STS by their form's Action. Every request is verified, but for the one that a web
// identity's token proves, and then judged by the caller's policy (iam/policy.ts). The door has
// refused requests of a browser before (gateway/door.ts). Knows no sockets.

import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { fault, reply, type Answer, type Fault, type Injections } from './answers'
import { describeInstances } from './ec2'
import { runEcs } from './ecs'
import { jsonAnswer, refusalFault, xmlAnswer, type HttpAnswer, type ServiceName } from '../gateway/protocols'
import { ssmDemand } from '../iam/demands'
import type { Identity } from '../iam/identity'
import type { Demand } from '../iam/policy'
import type { Service } from './service'
import type { FaultTally } from '../faults/kinds'
import type { KeyRing } from './keyring'
import type { SignedRequest } from './signature'
import { ssmOperations } from './ssm'

const SSM_PREFIX = 'AmazonSSM.'
const KMS_PREFIX = 'TrentService.'
const ECS_PREFIX = 'AmazonEC2ContainerServiceV20141113.'

type Json = Readonly<Record<string, unknown>>

/** The parts of the simulator that answering needs. */
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

/** Whether a call goes on, and for which caller. `omits`: what its answer leaves out. */
type Admission =
  | { readonly kind: 'admitted'; readonly caller: Identity; readonly omits: 'no-token' | 'no-url' | undefined }
  | { readonly kind: 'stopped'; readonly fault: Fault }

// Verifies a request and takes the next injection for it. Waits for an injected delay.
async function admit(
  request: SignedRequest,
  call: { readonly service: ServiceName; readonly operation: string },
  options: ApiOptions,
): Promise<Admission> {
  const { service, keyRing, injections, signal } = options
  const verdict = keyRing.verify(request, { region: service.region, now: Date.now() })
  if (verdict.kind === 'refused') {
    if (verdict.reason === 'expired') options.tally.add('expired-credentials')
    return { kind: 'stopped', fault: refusalFault(call.service, verdict) }
  }
  if (verdict.scope.service !== call.service) {
    const why = `Credential should be scoped to correct service: '${call.service}'.`
    return { kind: 'stopped', fault: refusalFault(call.service, { kind: 'refused', reason: 'wrong-scope', why }) }
  }
  const injection = injections.take(call.operation)
  if (injection?.kind === 'fault') return { kind: 'stopped', fault: injection }
  if (injection?.kind === 'delay') await wait(injection.delayMs, undefined, { signal })
  const omits = injection?.kind === 'no-token' || injection?.kind === 'no-url' ? injection.kind : undefined
  return { kind: 'admitted', caller: verdict.caller, omits }
}

// The refusal of a caller whose policy does not allow `demand`; undefined where it may go on.
function denial(caller: Identity, demand: Demand, { service }: ApiOptions): Fault | undefined {
  const words = service.policies.refusal(caller, demand)
  return words === undefined ? undefined : fault('AccessDeniedException', words)
}

async function answerSsm(request: SignedRequest, target: string, options: ApiOptions): Promise<HttpAnswer> {
  const operation = target.slice(SSM_PREFIX.length)
  const admission = await admit(request, { service: 'ssm', operation }, options)
  if (admission.kind === 'stopped') return jsonAnswer(admission.fault)
  const { caller, omits } = admission
  const run = ssmOperations.get(operation)
  if (run === undefined) return jsonAnswer(fault('UnknownOperationException', `The Demo does not know ${operation}.`))
  const body = parseJson(request.body)
  if (body === undefined) return jsonAnswer(fault('SerializationException', 'The request is not JSON.'))
  const denied = denial(caller, ssmDemand(operation, body, options.service), options)
  const answer: Answer<Json> = denied ?? run(body, options.service, caller)
  if (omits === undefined || answer.kind === 'fault') return jsonAnswer(answer)
  const { SessionId: id, TokenValue: token } = answer.body
  if (omits === 'no-url') {
    options.service.store.get(String(id))?.keepPath()
    return jsonAnswer(reply({ SessionId: id, TokenValue: token, StreamUrl: '' }))
  }
  // A finished session may also be answered like this (§1.2).
  return jsonAnswer(reply({ SessionId: id }))
}

async function answerKms(request: SignedRequest, target: string, options: ApiOptions): Promise<HttpAnswer> {
  const operation = target.slice(KMS_PREFIX.length)
  const { keys } = options.service
  const admission = await admit(request, { service: 'kms', operation }, options)
  if (admission.kind === 'stopped') return jsonAnswer(admission.fault)
  const demand = { action: `kms:${operation}`, resources: [[keys.keyArn]] } as const
  const denied = denial(admission.caller, demand, options)
  if (denied !== undefined) return jsonAnswer(denied)
  if (operation === 'GenerateDataKey') return jsonAnswer(keys.generate(parseJson(request.body)))
  return jsonAnswer(fault('UnknownOperationException', `The Demo does not know ${operation}.`))
}

async function answerEcs(request: SignedRequest, target: string, options: ApiOptions): Promise<HttpAnswer> {
  const operation = target.slice(ECS_PREFIX.length)
  const admission = await admit(request, { service: 'ecs', operation }, options)
  if (admission.kind === 'stopped') return jsonAnswer(admission.fault)
  return jsonAnswer(runEcs(operation, parseJson(request.body), options.service, admission.caller))
}

const STS_ACTIONS = ['GetCallerIdentity', 'AssumeRole', 'AssumeRoleWithWebIdentity']

async function answerQuery(request: SignedRequest, options: ApiOptions): Promise<HttpAnswer> {
  const form = new URLSearchParams(request.body.toString('utf8'))
  const action = form.get('Action') ?? ''
  const service = STS_ACTIONS.includes(action) ? 'sts' : 'ec2'
  const call = { action, requestId: randomUUID() }
  const { roles, policies, accountId } = options.service
  if (action === 'AssumeRoleWithWebIdentity') return xmlAnswer(service, call, roles.assumeByToken(form))
  const admission = await admit(request, { service, operation: action }, options)
  if (admission.kind === 'stopped') return xmlAnswer(service, call, admission.fault)
  const { caller } = admission
  if (action === 'AssumeRole') return xmlAnswer(service, call, roles.assume(form, caller))
  if (action === 'GetCallerIdentity') {
    return xmlAnswer(service, call, reply({ Arn: caller.arn, UserId: caller.userId, Account: accountId }))
  }
  const words = policies.refusal(caller, { action: `ec2:${action}`, resources: [['*']] })
  if (words !== undefined) {
    const text = `You are not authorized to perform this operation. ${words}`
    return xmlAnswer(service, call, fault('UnauthorizedOperation', text, 403))
  }
  // An allowed dry run is answered with an error. Source: EC2 API reference, "DryRun".
  if (form.get('DryRun') === 'true') {
    const text = 'Request would have succeeded, but DryRun flag is set.'
    return xmlAnswer(service, call, fault('DryRunOperation', text, 412))
  }
  if (action === 'DescribeInstances') return xmlAnswer(service, call, describeInstances(form, options.service))
  return xmlAnswer(service, call, fault('InvalidAction', `The action ${action} is not valid for this web service.`))
}

/** Answers one API request. Rejects only when `signal` is aborted while an injected delay runs. */
export function answerApi(request: SignedRequest, options: ApiOptions): Promise<HttpAnswer> {
  const header = request.headers['x-amz-target']
  const target = typeof header === 'string' ? header : undefined
  if (target?.startsWith(SSM_PREFIX) === true) return answerSsm(request, target, options)
  if (target?.startsWith(KMS_PREFIX) === true) return answerKms(request, target, options)
  if (target?.startsWith(ECS_PREFIX) === true) return answerEcs(request, target, options)
  const contentType = request.headers['content-type'] ?? ''
  if (contentType.startsWith('application/x-www-form-urlencoded')) return answerQuery(request, options)
  return Promise.resolve(jsonAnswer(fault('UnknownOperationException', 'The request names no operation.', 404)))
}
