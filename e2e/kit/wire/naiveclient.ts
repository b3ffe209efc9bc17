// A client for the simulator's own tests, as plain as it can be and independent of the product.
//
// It has its own signer, its own reading of the binary message (by offsets, in a few lines) and the simplest receiver
// that works: everything is acknowledged, output is put in order by number. It resends what is unacknowledged only when
// it is opened again.

import { createHash, createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { WebSocket, type RawData } from 'ws'
import type { Simulator } from '../../../electron/simulator/simulator'

type Json = Readonly<Record<string, unknown>>

/** The Authorization headers of a request, by a second reading of the signing rules. */
export function signNaively(
  simulator: Pick<Simulator, 'credentials' | 'region'>,
  request: {
    readonly method: string
    readonly url: URL
    readonly service: string
    readonly body?: string
    readonly at?: number
  },
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = simulator.credentials
  const date = `${new Date(request.at ?? Date.now()).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
  const query = request.url.search
    .slice(1)
    .split('&')
    .filter(Boolean)
    .map((part) => part.replace('=', '\n').replaceAll('+', '%20').replaceAll('/', '%2F').replaceAll('=', '%3D'))
    .map((part) => part.replace('\n', '='))
    .sort()
    .join('&')
  const headers = `host:${request.url.host}\nx-amz-date:${date}\nx-amz-security-token:${sessionToken}\n`
  const names = 'host;x-amz-date;x-amz-security-token'
  const canonical = `${request.method}\n${request.url.pathname}\n${query}\n${headers}\n${names}\n${hash(request.body ?? '')}`
  const scope = `${date.slice(0, 8)}/${simulator.region}/${request.service}/aws4_request`
  const key = scope
    .split('/')
    .reduce<Buffer | string>((k, part) => createHmac('sha256', k).update(part).digest(), `AWS4${secretAccessKey}`)
  const signature = createHmac('sha256', key).update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash(canonical)}`)
  return {
    'x-amz-date': date,
    'x-amz-security-token': sessionToken,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature.digest('hex')}`,
  }
}

/** Calls an SSM operation, signed. */
export async function callSsm(
  simulator: Simulator,
  operation: string,
  body: Json,
): Promise<{ readonly status: number; readonly json: Json }> {
  const text = JSON.stringify(body)
  const url = new URL(`${simulator.endpointUrl}/`)
  const response = await fetch(url, {
    method: 'POST',
    body: text,
    headers: {
      ...signNaively(simulator, { method: 'POST', url, service: 'ssm', body: text }),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonSSM.${operation}`,
    },
  })
  const json: unknown = await response.json()
  return { status: response.status, json: typeof json === 'object' && json !== null ? { ...json } : {} }
}

/** What StartSession and ResumeSession hand out. */
export interface NaiveTicket {
  readonly sessionId: string
  readonly url: string
  readonly token: string
}

/** Calls StartSession or ResumeSession and reads the ticket. Throws when there is none. */
export async function getTicket(simulator: Simulator, operation: string, body: Json): Promise<NaiveTicket> {
  const { json } = await callSsm(simulator, operation, body)
  const { SessionId, StreamUrl, TokenValue } = json
  if (typeof SessionId !== 'string' || typeof StreamUrl !== 'string' || typeof TokenValue !== 'string') {
    throw new Error(`${operation}: ${JSON.stringify(json)}`)
  }
  return { sessionId: SessionId, url: StreamUrl, token: TokenValue }
}

/** A message as the naive client reads it. */
export interface NaiveMessage {
  readonly type: string
  readonly sequenceNumber: number
  readonly flags: number
  readonly payloadType: number
  readonly payload: Buffer
}

/** Reads a binary message by its offsets. */
export function readNaively(frame: Buffer): NaiveMessage {
  return {
    type: frame.subarray(4, 36).toString('latin1').trimEnd(),
    sequenceNumber: frame.readUInt32BE(52),
    flags: frame[63] ?? 0,
    payloadType: frame.readUInt32BE(112),
    payload: frame.subarray(120),
  }
}

/** Writes a binary message by its offsets. */
export function writeNaively(message: NaiveMessage): Buffer {
  const frame = Buffer.alloc(120 + message.payload.length)
  frame.writeUInt32BE(116, 0)
  frame.write(message.type.padEnd(32, ' '), 4, 'latin1')
  frame.writeUInt32BE(1, 36)
  frame.writeBigUInt64BE(BigInt(Date.now()), 40)
  frame.writeUInt32BE(message.sequenceNumber, 52)
  frame[63] = message.flags
  Buffer.from(randomUUID().replaceAll('-', ''), 'hex').copy(frame, 64)
  createHash('sha256').update(message.payload).digest().copy(frame, 80)
  frame.writeUInt32BE(message.payloadType, 112)
  frame.writeUInt32BE(message.payload.length, 116)
  message.payload.copy(frame, 120)
  return frame
}

/** Builds an acknowledgement of the agent's message of this number. */
export function acknowledgeNaively(sequenceNumber: number, messageType = 'output_stream_data'): Buffer {
  const json = {
    AcknowledgedMessageType: messageType,
    AcknowledgedMessageId: randomUUID(),
    AcknowledgedMessageSequenceNumber: sequenceNumber,
    IsSequentialMessage: true,
  }
  return writeNaively({
    type: 'acknowledge',
    sequenceNumber: 0,
    flags: 3,
    payloadType: 0,
    payload: Buffer.from(JSON.stringify(json)),
  })
}

const ACKNOWLEDGED = /"AcknowledgedMessageSequenceNumber":(\d+)/

/** One logical client over any number of sockets. */
export class NaiveClient {
  readonly clientId = randomUUID()
  /** Everything but acknowledgements and stream messages, as it came. */
  readonly service: NaiveMessage[] = []
  /** Stream messages in order, each once. */
  readonly stream: NaiveMessage[] = []
  /** Every copy of every stream message, as it came. */
  readonly copies: NaiveMessage[] = []
  readonly unacknowledged = new Map<number, Buffer>()
  acknowledges = true
  /** Sees every frame as it comes. */
  onFrame: (frame: Buffer) => void = () => undefined
  clientVersion = '1.2.896.0'
  #webSocket: WebSocket | undefined
  #nextSequenceNumber = 0
  readonly #early = new Map<number, NaiveMessage>()
  readonly #listeners = new Set<() => void>()
  closeCode: number | undefined

  /** Opens (or opens again) the data channel and resends what is unacknowledged. */
  async open(ticket: NaiveTicket, headers: Record<string, string> = {}): Promise<void> {
    const webSocket = new WebSocket(ticket.url, { perMessageDeflate: false, headers })
    this.#webSocket = webSocket
    this.closeCode = undefined
    webSocket.on('message', (data) => this.#receive(data))
    webSocket.on('close', (code) => {
      if (this.#webSocket === webSocket) this.closeCode = code
      this.#tell()
    })
    await once(webSocket, 'open')
    webSocket.on('error', () => undefined)
    webSocket.send(
      JSON.stringify({
        MessageSchemaVersion: '1.0',
        RequestId: randomUUID(),
        TokenValue: ticket.token,
        ClientId: this.clientId,
        ClientVersion: this.clientVersion,
      }),
    )
    for (const frame of this.unacknowledged.values()) webSocket.send(frame)
  }

  /** Numbers and sends one payload. */
  send(payloadType: number, payload: Buffer | string): void {
    const sequenceNumber = this.#nextSequenceNumber
    this.#nextSequenceNumber += 1
    const message = { type: 'input_stream_data', sequenceNumber, flags: 0, payloadType, payload: Buffer.from(payload) }
    const frame = writeNaively(message)
    this.unacknowledged.set(sequenceNumber, frame)
    this.sendRaw(frame)
  }

  sendRaw(frame: Buffer | string): void {
    if (this.#webSocket?.readyState === WebSocket.OPEN) this.#webSocket.send(frame)
  }

  /** Answers a HandshakeRequest and waits for the HandshakeComplete. */
  async shakeHands(): Promise<Json> {
    const request = await this.until(() => this.stream.find(({ payloadType }) => payloadType === 5))
    const actions = [{ ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' }]
    this.send(6, JSON.stringify({ ClientVersion: this.clientVersion, ProcessedClientActions: actions, Errors: null }))
    await this.until(() => this.stream.find(({ payloadType }) => payloadType === 7))
    const json: unknown = JSON.parse(request.payload.toString())
    return typeof json === 'object' && json !== null ? { ...json } : {}
  }

  /** The bytes of one payload type so far, in order. */
  bytes(payloadType = 1): Buffer {
    return Buffer.concat(this.stream.filter((message) => message.payloadType === payloadType).map((m) => m.payload))
  }

  /** Waits, without polling, until `find` finds something. */
  async until<T>(find: () => T | undefined | false): Promise<T> {
    for (;;) {
      const found = find()
      if (found !== undefined && found !== false) return found
      await new Promise<void>((resolve) => {
        const listener = (): void => {
          this.#listeners.delete(listener)
          resolve()
        }
        this.#listeners.add(listener)
      })
    }
  }

  /** Waits for channel_closed and answers its Output. */
  async closedOutput(): Promise<string> {
    const closed = await this.until(() => this.service.find(({ type }) => type === 'channel_closed'))
    const json: unknown = JSON.parse(closed.payload.toString())
    return typeof json === 'object' && json !== null && 'Output' in json ? String(json.Output) : ''
  }

  close(): void {
    this.#webSocket?.close(1000)
  }

  #receive(data: RawData): void {
    if (!Buffer.isBuffer(data)) return
    this.onFrame(data)
    // A frame that is too short for a message only goes to `onFrame`.
    if (data.length < 120) {
      this.#tell()
      return
    }
    const message = readNaively(data)
    if (message.type === 'acknowledge') {
      const match = ACKNOWLEDGED.exec(message.payload.toString())
      this.unacknowledged.delete(Number(match?.[1]))
    } else if (message.type === 'output_stream_data') {
      this.copies.push(message)
      if (this.acknowledges) this.sendRaw(acknowledgeNaively(message.sequenceNumber))
      this.#early.set(message.sequenceNumber, message)
      for (let next = this.#early.get(this.stream.length); next !== undefined;) {
        this.#early.delete(this.stream.length)
        this.stream.push(next)
        next = this.#early.get(this.stream.length)
      }
    } else {
      this.service.push(message)
    }
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
