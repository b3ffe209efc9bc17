// The agent's port plugin without multiplexing: one TCP connection and the session's bytes, both ways.
//
//   raw    AWS-StartSSHSession: dialled at the start; the end of the connection ends the session
//   basic  port forwarding of old agents or clients: dialled at the start; Flag 1 or the far end closes the connection,
//          and the next input dials anew
//
// Source: specification §8.2, §8.3.

import type { Duplex } from 'node:stream'
import { asError } from '../../../shared/errors'
import { Flag, PayloadType } from '../../ssm/codec/message'
import { parseFlag } from '../../ssm/codec/payloads'
import { closeGently, roomIn } from './closing'
import type { Handled, Plugin, PluginSession } from '../agent/plugin'
import { Pump } from '../agent/pump'

/** Where a port session leads. `host` undefined is the instance itself. */
export interface Destination {
  readonly host: string | undefined
  readonly port: number
}

/** Says with which output a session to `destination` fails at its start, if it does. Source: specification §8.1. */
export function refusalOf(destination: Destination, session: PluginSession): string | undefined {
  if (!Number.isInteger(destination.port) || destination.port < 1) {
    return 'Port number is empty in session properties. Unable to connect.'
  }
  const address = destination.host === undefined ? undefined : session.computer.forbiddenAddress(destination.host)
  return address === undefined ? undefined : `Forwarding to IP address ${address} is forbidden.`
}

/** How long an agent takes to find that a destination is forbidden: as recorded. */
export const REFUSAL_DELAY_MS = 10

/** What a {@link PortPlugin} is told. */
export interface PortPluginOptions {
  readonly destination: Destination
  readonly mode: 'raw' | 'basic'
}

/** Joins the session to one connection at a time. Owns the connection. */
export class PortPlugin implements Plugin {
  readonly #session: PluginSession
  readonly #options: PortPluginOptions
  readonly #pump: Pump
  readonly #abort = new AbortController()
  #connection: Duplex | undefined
  #isReady = false
  #closing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(session: PluginSession, options: PortPluginOptions) {
    this.#session = session
    this.#options = options
    this.#pump = new Pump(session, {
      payloadType: PayloadType.output,
      isPaced: session.settings.isPaced,
      onRoom: () => this.#connection?.resume(),
    })
    this.#pump.start()
    const refusal = refusalOf(options.destination, session)
    if (refusal === undefined) void this.#begin()
    else {
      this.#timer = setTimeout(() => session.finish({ status: 'Failed', output: refusal }), REFUSAL_DELAY_MS)
    }
  }

  receive(payloadType: number, payload: Buffer): Handled {
    if (!this.#isReady) return 'not-ready'
    if (payloadType === PayloadType.output) return this.#write(payload)
    if (payloadType === PayloadType.flag) this.#obey(parseFlag(payload))
    return 'handled'
  }

  async dispose(): Promise<void> {
    clearTimeout(this.#timer)
    this.#abort.abort()
    this.#pump.dispose()
    this.#disconnect()
    await this.#closing
  }

  async #begin(): Promise<void> {
    try {
      await this.#dial()
      this.#isReady = true
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    const output = `Unable to connect to specified port: ${asError(error).message}`
    this.#session.finish({ status: 'Failed', output })
  }

  async #dial(): Promise<Duplex> {
    const { host, port } = this.#options.destination
    const connection = await this.#session.computer.dial(host, port, this.#abort.signal)
    if (this.#abort.signal.aborted) {
      connection.destroy()
      throw new Error('the session has ended')
    }
    this.#connection = connection
    connection.on('data', (chunk: Buffer) => {
      // After a Flag 1 it is only closed.
      if (this.#connection !== connection) return
      if (!this.#pump.write(chunk)) connection.pause()
    })
    // An error ends the connection as an end does; both are followed by 'close'.
    connection.on('error', () => undefined)
    connection.once('end', () => connection.destroy())
    connection.once('close', () => void this.#closed(connection))
    return connection
  }

  async #closed(connection: Duplex): Promise<void> {
    if (this.#connection === connection) this.#connection = undefined
    if (this.#options.mode === 'basic') return
    await this.#pump.flushed()
    this.#session.finish({ status: 'Success', output: '' })
  }

  // A destination that does not take its data blocks the agent's reader.
  #write(payload: Buffer): Handled {
    const connection = this.#connection
    if (connection === undefined) return this.#options.mode === 'basic' ? this.#redial(payload) : 'not-ready'
    if (connection.write(payload)) return 'handled'
    return roomIn(connection)
  }

  async #redial(payload: Buffer): Promise<void> {
    try {
      const connection = await this.#dial()
      connection.write(payload)
    } catch (error) {
      this.#fail(error)
      throw error
    }
  }

  #obey(flag: number): void {
    if (flag === Flag.disconnectToPort) this.#disconnect()
    if (flag === Flag.terminateSession) {
      void this.dispose()
      this.#session.finish({ status: 'Success', output: '' })
    }
  }

  // An agent reads 1,024 bytes, sends them, and reads again: what it has not sent yet when it closes a connection is still unread.
  #disconnect(): void {
    const connection = this.#connection
    this.#connection = undefined
    this.#pump.clear()
    if (connection !== undefined) this.#closing = closeGently(connection)
  }
}
