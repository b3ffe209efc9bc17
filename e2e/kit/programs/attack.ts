// Connections that end in a reset at the worst moment: what any program of this computer can do to a server of ours.
//
// An attack is bytes and a moment. What is resets is a TCP socket; a client of a local socket file closes it with the answer
// unread, which its server sees as a reset too.

import { connect, type NetConnectOpts } from 'node:net'

/** When a connection is reset: as soon as its bytes are on their way, or once something has come back. */
export type Moment = 'at once' | 'once answered'

/** The bytes of an attack. */
export interface Attack {
  readonly name: string
  readonly bytes: string | Buffer
  /** Absent: both moments. A server that must not answer yet is only left at once. */
  readonly moments?: readonly Moment[]
}

const BOTH: readonly Moment[] = ['at once', 'once answered']

/** Each attack with each of its moments, as a row of a table of tests. */
export function rows(attacks: readonly Attack[]): [name: string, moment: Moment, attack: Attack][] {
  return attacks.flatMap((attack) =>
    (attack.moments ?? BOTH).map((moment): [string, Moment, Attack] => [attack.name, moment, attack]),
  )
}

/** Carries an attack out once. Resolves with the first bytes of an answer when the connection has closed; never rejects. */
export function strike(to: NetConnectOpts, { bytes }: Pick<Attack, 'bytes'>, moment: Moment): Promise<string> {
  const socket = connect(to)
  const leave = (): void => {
    // A local socket file knows no reset.
    if ('path' in to) socket.destroy()
    else socket.resetAndDestroy()
  }
  let answer = ''
  socket.on('error', () => undefined)
  socket.write(bytes, (error) => {
    if (moment === 'at once' && !error) leave()
  })
  if (moment === 'once answered') {
    socket.once('data', (chunk) => {
      answer = chunk.toString('latin1')
      leave()
    })
    // Closed without a word.
    socket.once('end', leave)
  }
  return new Promise((resolve) => {
    socket.once('close', () => resolve(answer))
  })
}

/** Several at a time: which read or write meets the reset differs from one to the next. */
export function strikeOften(to: NetConnectOpts, attack: Pick<Attack, 'bytes'>, moment: Moment): Promise<string[]> {
  return Promise.all(Array.from({ length: 8 }, () => strike(to, attack, moment)))
}

/** A request as text: its first line and its headers. */
export function httpText(line: string, headers: Readonly<Record<string, string>>, body = ''): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

/** The headers of a WebSocket upgrade. */
export const UPGRADE: Readonly<Record<string, string>> = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

/** A client's frame of text, masked by zeros. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  if (payload.length > 65_535) throw new Error('too long for this frame')
  const head =
    payload.length < 126 ? [0x81, 0x80 | payload.length] : [0x81, 0xfe, payload.length >> 8, payload.length & 255]
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload])
}

/** What a server answers first, as status line or text; for asking whether it still does. */
export function askOnce(to: NetConnectOpts, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(to)
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
    socket.write(bytes)
  })
}
