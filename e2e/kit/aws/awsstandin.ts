// A stand-in for AWS in the tests of this room: one real HTTP server that reads JSON 1.1 and Query requests.
//
// It keeps what it was asked and answers what the test says. It checks no signature: what is signed correctly is tested
// against the simulator and in signing.test.ts.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { text } from 'node:stream/consumers'

/** One request as it came. */
export interface Asked {
  /** "StartSession", "DescribeInstances", … */
  readonly action: string
  /** The JSON body, or the form of a Query request. */
  readonly input: Readonly<Record<string, unknown>>
  readonly headers: IncomingMessage['headers']
  /** Access key id of its signature. */
  readonly accessKeyId: string
}

/** What to answer: JSON for Systems Manager, XML for EC2 and STS. */
export type Answer =
  | { readonly json: unknown; readonly status?: number; readonly headers?: Record<string, string> }
  | { readonly xml: string; readonly status?: number; readonly headers?: Record<string, string> }

/** Chooses the answer to a request. */
export type Answering = (asked: Asked) => Answer

/** A running stand-in. */
export interface StandIn extends AsyncDisposable {
  readonly url: string
  /** Everything asked so far, in order. */
  readonly asked: Asked[]
}

async function read(request: IncomingMessage): Promise<Asked> {
  const body = await text(request)
  const accessKeyId = /Credential=([^/]*)\//.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const target = request.headers['x-amz-target']
  if (typeof target === 'string') {
    const input: unknown = JSON.parse(body)
    const entries = typeof input === 'object' && input !== null ? Object.entries(input) : []
    return {
      action: target.replace(/^.*\./, ''),
      input: Object.fromEntries(entries),
      headers: request.headers,
      accessKeyId,
    }
  }
  const input = Object.fromEntries(new URLSearchParams(body))
  return { action: input['Action'] ?? '', input, headers: request.headers, accessKeyId }
}

/** Answers on any server, so that a test can bring its own TLS. */
export function serve(server: Server, answering: Answering): Asked[] {
  const asked: Asked[] = []
  server.on('request', (request: IncomingMessage, response) => {
    void read(request).then((one) => {
      asked.push(one)
      const answer = answering(one)
      const body = 'json' in answer ? JSON.stringify(answer.json) : answer.xml
      const type = 'json' in answer ? 'application/x-amz-json-1.1' : 'text/xml'
      response.writeHead(answer.status ?? 200, { 'content-type': type, ...answer.headers })
      response.end(body)
    })
  })
  return asked
}

/** Listens on loopback and returns the port. */
export async function listenOnLoopback(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Closes a server and every connection to it. */
export async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

/** Starts a stand-in over plain HTTP. */
export async function startStandIn(answering: Answering): Promise<StandIn> {
  const server = createServer()
  const asked = serve(server, answering)
  const port = await listenOnLoopback(server)
  return { url: `http://127.0.0.1:${String(port)}`, asked, [Symbol.asyncDispose]: () => close(server) }
}

/** An error as Systems Manager answers it. */
export function jsonError(code: string, message = '', status = 400): Answer {
  return { json: { __type: code, message }, status }
}

/** An error as STS answers it. */
export function stsError(code: string, message = '', status = 400): Answer {
  const xml =
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code>` +
    `<Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`
  return { xml, status }
}

/** An error as EC2 answers it. */
export function ec2Error(code: string, message = '', status = 400): Answer {
  const xml = `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r-1</RequestID></Response>`
  return { xml, status }
}

/** The ARN that STS answers with. */
export const callerIdentity: Answer = {
  xml:
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
    '<Arn>arn:aws:sts::123456789012:assumed-role/dev/ann</Arn><UserId>A:ann</UserId><Account>123456789012</Account>' +
    '</GetCallerIdentityResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>',
}

/** A session as StartSession answers it. */
export const startedSession: Answer = {
  json: {
    SessionId: 'ann-0123456789abcdef0',
    StreamUrl: 'wss://ssmmessages.eu-central-1.amazonaws.com/v1/x',
    TokenValue: 'secret',
  },
}

/** A role's credentials as STS answers them. */
export function assumedRole(action: string, accessKeyId: string, expiresAt: Date): Answer {
  const xml =
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>` +
    `<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>` +
    `<Expiration>${expiresAt.toISOString()}</Expiration></Credentials></${action}Result></${action}Response>`
  return { xml }
}
