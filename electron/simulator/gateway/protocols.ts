// How each AWS service words its answers over HTTP: JSON 1.1 for SSM, KMS and ECS, Query and XML for EC2 and STS.

import { fault, type Answer, type Fault } from '../api/answers'
import type { Refusal } from '../api/signature'
import { writeXml, type Xml } from '../api/xml'

/** The services behind the one port. */
export type ServiceName = 'ssm' | 'ec2' | 'sts' | 'kms' | 'ecs'

/** A whole HTTP answer. */
export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

const EC2_NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/'
const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/'

type Codes = Readonly<Record<Refusal['reason'], string>>

const JSON_REFUSALS: { readonly codes: Codes; readonly status: number } = {
  status: 400,
  codes: {
    missing: 'MissingAuthenticationTokenException',
    incomplete: 'IncompleteSignatureException',
    'unknown-key': 'UnrecognizedClientException',
    'wrong-token': 'UnrecognizedClientException',
    'wrong-scope': 'InvalidSignatureException',
    skewed: 'InvalidSignatureException',
    mismatch: 'InvalidSignatureException',
    expired: 'ExpiredTokenException',
  },
}

// What each service calls the same refusal, with the HTTP status it uses.
const REFUSALS: Readonly<Record<ServiceName, { readonly codes: Codes; readonly status: number }>> = {
  ssm: JSON_REFUSALS,
  kms: JSON_REFUSALS,
  ecs: JSON_REFUSALS,
  ec2: {
    status: 401,
    codes: {
      missing: 'MissingAuthenticationToken',
      incomplete: 'IncompleteSignature',
      'unknown-key': 'AuthFailure',
      'wrong-token': 'AuthFailure',
      'wrong-scope': 'AuthFailure',
      skewed: 'RequestExpired',
      mismatch: 'SignatureDoesNotMatch',
      expired: 'RequestExpired',
    },
  },
  sts: {
    status: 403,
    codes: {
      missing: 'MissingAuthenticationToken',
      incomplete: 'IncompleteSignature',
      'unknown-key': 'InvalidClientTokenId',
      'wrong-token': 'InvalidClientTokenId',
      'wrong-scope': 'SignatureDoesNotMatch',
      skewed: 'SignatureDoesNotMatch',
      mismatch: 'SignatureDoesNotMatch',
      expired: 'ExpiredToken',
    },
  },
}

/** The fault that a service answers a refused signature with. */
export function refusalFault(service: ServiceName, refusal: Refusal): Fault {
  const { codes, status } = REFUSALS[service]
  const usual = refusal.reason === 'skewed' && service === 'ec2' ? 400 : status
  return fault(codes[refusal.reason], refusal.why, refusal.status ?? usual)
}

/** Encodes an answer of the JSON 1.1 protocol. */
export function jsonAnswer(answer: Answer<Readonly<Record<string, unknown>>>): HttpAnswer {
  const contentType = 'application/x-amz-json-1.1'
  return answer.kind === 'reply'
    ? { status: 200, contentType, body: JSON.stringify(answer.body) }
    : { status: answer.status, contentType, body: JSON.stringify({ __type: answer.code, message: answer.message }) }
}

/** Encodes an answer of EC2 or STS. STS wraps a result in an element of its own. */
export function xmlAnswer(
  service: 'ec2' | 'sts',
  request: { readonly action: string; readonly requestId: string },
  answer: Answer<Readonly<Record<string, Xml>>>,
): HttpAnswer {
  const contentType = 'text/xml;charset=UTF-8'
  const { action, requestId } = request
  if (answer.kind === 'fault') {
    const error = { Code: answer.code, Message: answer.message }
    const body =
      service === 'ec2'
        ? writeXml('Response', undefined, { Errors: { Error: error }, RequestID: requestId })
        : writeXml('ErrorResponse', STS_NAMESPACE, { Error: { Type: 'Sender', ...error }, RequestId: requestId })
    return { status: answer.status, contentType, body }
  }
  const body =
    service === 'ec2'
      ? writeXml(`${action}Response`, EC2_NAMESPACE, { requestId, ...answer.body })
      : writeXml(`${action}Response`, STS_NAMESPACE, {
          [`${action}Result`]: answer.body,
          ResponseMetadata: { RequestId: requestId },
        })
  return { status: 200, contentType, body }
}
