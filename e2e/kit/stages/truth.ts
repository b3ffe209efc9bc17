// What the tests of truth share beside the place and the window of stages/core.ts: forwards and terminals that are up.

import { connect } from 'node:net'
import * as core from './core'

type Change = Parameters<typeof core.create>[0]

/** Saves a forward to the echo of web-2 and returns its id. */
export function create(change: Change = {}): Promise<string> {
  return core.create({ name: 'db', remotePort: 7, ...change })
}

/** Saves a forward, turns it on and returns its id once it is up. */
export async function up(change: Change = {}): Promise<string> {
  const id = await create(change)
  await core.window.ask('forward.start', { forwardId: id })
  await core.window.reach(id, 'up')
  return id
}

/** How a connection that sends a byte goes: what it reads first, or its error. */
export function tryOut(id: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: core.window.forward(id).localPort })
    const done = (word: string): void => {
      socket.destroy()
      resolve(word)
    }
    socket.on('connect', () => socket.write('x'))
    socket.once('data', (bytes: Buffer) => done(bytes.toString()))
    socket.once('error', (error) => done('code' in error ? String(error.code) : error.message))
  })
}

/** Opens a terminal of web-2 and returns its id once it is open. */
export async function openTerminal(): Promise<string> {
  const instanceId = await core.window.instance('web-2')
  const { terminalId } = await core.window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
  await core.window.until(({ terminals }) => terminals.find(({ id }) => id === terminalId)?.state.kind === 'open')
  return terminalId
}
