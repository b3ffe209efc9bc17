// The destination of syslog: RFC 5424 over one TCP or TLS connection that stays open.
//
// Syslog has no acknowledgement. A record counts as delivered once it is handed to the connection; after a break what was sent last goes
// again, marked `repeat="1"` (senttail.ts). Nothing is expected from the receiver: what it sends is read and dropped, so that its close
// is noticed. Source: RFC 6587 (TCP), RFC 5425 (TLS).

import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { hostname } from 'node:os'
import { connect as connectTls, rootCertificates } from 'node:tls'
import { AppError, asError } from '../../../../shared/errors'
import { deferred } from '../../../../shared/deferred'
import type { DrainRecord } from '../../../../shared/model/drain'
import { settledWithin } from '../../async/closing'
import { Queue } from '../../async/queue'
import type { Clock } from '../time/clock'
import { ARRIVED, connectionError, silenceError, type Destination, type Sent } from './destination'
import { SentTail } from './senttail'
import { syslogFrame, type SyslogSource } from './syslogmessage'

const CONNECT_MS = 10_000

/** A receiver that takes nothing for this long is treated as gone. */
const STALL_MS = 30_000

const KEEP_ALIVE_MS = 30_000

/** Bytes that are handed to the connection at once. What is handed over may arrive, also if the connection is lost at once. */
const SLICE_BYTES = 65_536

/** At the end the receiver closes its side within a round trip. */
const CLOSE_MS = 200

/** What the destination needs. */
export interface SyslogOptions {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  /** PEM. */
  readonly ca?: string
  /** The system's certificate authorities; undefined: Node's own. */
  readonly authorities: () => readonly string[] | undefined
  readonly clock: Clock
  /** The file of what goes again after a break. */
  readonly owedPath: string
  /** Called when the connection is lost and something has to go again. Must not throw. */
  readonly onOwing: () => void
}

/** The destination. */
export class SyslogDestination implements Destination {
  readonly #options: SyslogOptions
  readonly #source: SyslogSource = { host: hostname(), pid: process.pid }
  readonly #tail: SentTail
  /** One after the other: they share the connection. */
  readonly #jobs = new Queue()
  #socket: Socket | undefined
  #loading: Promise<void> | undefined
  #isOver = false

  constructor(options: SyslogOptions) {
    this.#options = options
    this.#tail = new SentTail(options.owedPath, () => options.clock.now())
  }

  get isOwing(): boolean {
    return this.#tail.owed.length > 0
  }

  send(records: readonly DrainRecord[], _batchId: string, signal: AbortSignal): Promise<Sent> {
    return this.#jobs.run(() => this.#send(records, signal))
  }

  async reach(signal: AbortSignal): Promise<void> {
    try {
      await this.#jobs.run(() => this.#connected(signal))
    } catch (error) {
      throw connectionError(this.#place, error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    const socket = this.#socket
    if (socket !== undefined) {
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      socket.end()
      await settledWithin(closed, CLOSE_MS)
      socket.destroy()
      await closed
    }
    await this.#tail.saved()
  }

  async #send(records: readonly DrainRecord[], signal: AbortSignal): Promise<Sent> {
    let handed = 0
    try {
      const socket = await this.#connected(signal)
      while (this.#tail.owed.length > 0) {
        await this.#write(
          socket,
          this.#tail.owed,
          { isRepeat: true, handed: (count) => this.#tail.repeated(count) },
          signal,
        )
      }
      while (handed < records.length) {
        const rest = records.slice(handed)
        await this.#write(socket, rest, { isRepeat: false, handed: (count) => (handed += count) }, signal)
      }
      return ARRIVED
    } catch (error) {
      // Records that were handed over are owed by now: they go again marked, and not as new ones.
      return { refused: 0, again: records.slice(handed), error: connectionError(this.#place, error) }
    }
  }

  get #place(): string {
    const { host, port } = this.#options
    return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  }

  async #connected(signal: AbortSignal): Promise<Socket> {
    this.#loading ??= this.#tail.load()
    await this.#loading
    signal.throwIfAborted()
    if (this.#socket !== undefined) return this.#socket
    const socket = await this.#connect(signal)
    this.#socket = socket
    return socket
  }

  async #connect(signal: AbortSignal): Promise<Socket> {
    const { host, port, isTls, ca, clock } = this.#options
    const authorities = isTls ? this.#options.authorities() : undefined
    const trusted =
      ca === undefined && authorities === undefined
        ? {}
        : { ca: [...rootCertificates, ...(authorities ?? []), ...(ca === undefined ? [] : [ca])] }
    const name = isIP(host) === 0 ? { servername: host } : {}
    let socket: Socket
    try {
      socket = isTls
        ? connectTls({ host, port, ...name, ...trusted, rejectUnauthorized: true })
        : connectPlain({ host, port })
    } catch (error) {
      // A certificate authority that cannot be parsed.
      throw new AppError('usage', `The certificate authority of ${this.#place} cannot be read: enter it as PEM.`, {
        cause: error,
      })
    }
    const { promise, resolve, reject } = deferred<Socket>()
    let problem: Error | undefined
    let isHealthy = true
    const cancel = clock.after(CONNECT_MS, () => socket.destroy(silenceError(this.#place, CONNECT_MS)))
    const onAbort = (): void => void socket.destroy(asError(signal.reason))
    signal.addEventListener('abort', onAbort)
    const begun = (): void => {
      cancel()
      signal.removeEventListener('abort', onAbort)
    }
    socket.on('error', (error) => {
      problem = error
      isHealthy = false
    })
    socket.on('close', () => {
      begun()
      reject(problem ?? new AppError('network', `${this.#place} closed the connection: check that the service runs.`))
      if (this.#socket !== socket) return
      this.#socket = undefined
      // At our own end the receiver has read everything before it closed its side too.
      if (this.#isOver && isHealthy && socket.readableEnded) this.#tail.arrived()
      else this.#tail.broken()
      if (this.isOwing && !this.#isOver) this.#options.onOwing()
    })
    socket.on('end', () => socket.end())
    // Nothing is expected; without reading, the close of the receiver would not be noticed.
    socket.on('data', () => undefined)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      begun()
      resolve(socket)
    })
    return promise
  }

  /** Hands some of the records to the connection and waits until it has taken them. `handed` is told how many before that. */
  async #write(
    socket: Socket,
    records: readonly DrainRecord[],
    { isRepeat, handed }: { readonly isRepeat: boolean; readonly handed: (count: number) => void },
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted()
    if (this.#socket !== socket)
      throw new AppError('network', `${this.#place} closed the connection: it is opened again.`)
    const frames: Buffer[] = []
    let bytes = 0
    for (const record of records) {
      if (bytes >= SLICE_BYTES) break
      const frame = syslogFrame(record, this.#source, isRepeat)
      frames.push(frame)
      bytes += frame.length
    }
    for (const [index, record] of records.slice(0, frames.length).entries())
      this.#tail.add(record, frames[index]?.length ?? 0)
    handed(frames.length)
    const { promise, resolve, reject } = deferred()
    const cancel = this.#options.clock.after(STALL_MS, () => socket.destroy(silenceError(this.#place, STALL_MS)))
    // An abort while bytes are under way: the receiver may have the beginning of a message, so the connection is of no more use.
    const onAbort = (): void => void socket.destroy(asError(signal.reason))
    signal.addEventListener('abort', onAbort)
    const onClose = (): void =>
      reject(
        socket.errored ?? new AppError('network', `${this.#place} closed the connection: check that the service runs.`),
      )
    socket.once('close', onClose)
    socket.write(Buffer.concat(frames), (error) => {
      if (error === undefined || error === null) resolve()
      // The close tells what is owed, and rejects.
      else socket.destroy(error)
    })
    try {
      await promise
    } finally {
      cancel()
      signal.removeEventListener('abort', onAbort)
      socket.off('close', onClose)
    }
  }
}
