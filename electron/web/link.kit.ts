// What the tests of a Link share: a stand-in core, a door before it, and a window’s side of the Link.

import { once } from 'node:events'
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { WebSocket } from 'ws'
import { AppError } from '../../shared/errors'
import type { Client, Core } from '../core/coreparts'
import { decodeFrame } from '../../shared/api/frames'
import { openWebDoor, type WebDoor } from './door'

/** A mebibyte. */
export const MIB = 1_048_576

/** Events are waited for, however loaded the machine is. */
export const WAIT = { timeout: 25_000 }

type EventListener = Parameters<Core['subscribe']>[0]

/** A core that keeps what it was asked. `wait` is never answered, `fail` fails, all else is echoed. */
class StandInCore implements Core {
  readonly asked: { readonly name: string; readonly parameters: unknown }[] = []
  readonly listeners = new Set<EventListener>()
  /** Clients that were disposed of. */
  gone = 0
  /** Told to who subscribes, when there is one. */
  snapshot: unknown
  snapshots = 0

  handle(name: string, parameters: unknown): Promise<unknown> {
    this.asked.push({ name, parameters })
    if (name === 'wait') return new Promise(() => undefined)
    if (name === 'fail') return Promise.reject(new AppError('agent-offline', 'It does not answer.'))
    if (name === 'break') return Promise.reject(new TypeError('x is not a function'))
    return Promise.resolve(parameters)
  }

  connect(): Client & Disposable {
    return {
      handle: (name, parameters) => this.handle(name, parameters),
      subscribe: (listener) => this.subscribe(listener),
      [Symbol.dispose]: () => {
        this.gone += 1
      },
    }
  }

  subscribe(listener: EventListener): () => void {
    this.listeners.add(listener)
    this.snapshots += 1
    if (this.snapshot !== undefined) listener('snapshot', this.snapshot as never)
    return () => this.listeners.delete(listener)
  }

  note(): void {
    throw new Error('not part of a link')
  }

  wake(): void {
    throw new Error('a Link wakes nobody')
  }

  tell(text: string): void {
    const bytes = new TextEncoder().encode(text)
    for (const listener of this.listeners) listener('terminal.output', { terminalId: 't', offset: 0, bytes })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }
}

/** The page that the door serves. */
export const page = `<!doctype html><script type="module" src="./a.js" nonce="CSP_NONCE"></script><link nonce="CSP_NONCE">`

/** The folder of this test. */
export let scratch: string

/** The core of this test. */
export let core: StandInCore

/** The door of this test. */
export let door: WebDoor

/** The token of the door. */
export let token: string

/** A window's side of a Link. */
export class Window {
  readonly heard: unknown[] = []
  readonly socket: WebSocket
  readonly closed: Promise<number>

  constructor(options: { readonly origin?: string; readonly target?: string; readonly host?: string } = {}) {
    const { origin = `http://127.0.0.1:${door.port}`, target = '/link', host } = options
    this.socket = new WebSocket(`ws://127.0.0.1:${door.port}${target}`, {
      origin,
      ...(host === undefined ? {} : { headers: { host } }),
    })
    this.socket.on('message', (data: Buffer, isBinary: boolean) => {
      this.heard.push(isBinary ? decodeFrame(Uint8Array.from(data).buffer) : JSON.parse(data.toString('utf8')))
    })
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => this.socket.on('close', resolve))
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message))
  }

  async enter(): Promise<this> {
    await once(this.socket, 'open')
    this.send({ token })
    this.send({ id: 0, name: 'echo', parameters: 'in' })
    await vi.waitFor(() => expect(this.heard).toEqual([{ id: 0, ok: true, value: 'in' }]), WAIT)
    this.heard.length = 0
    return this
  }
}

/** Opens a door on a stand-in core before each test; call it at the top of a test file. */
export function stageLink(): void {
  beforeEach(async () => {
    scratch = await mkdtemp(path.join(os.tmpdir(), 'culvert-door-'))
    const directory = path.join(scratch, 'page')
    await mkdir(path.join(directory, 'assets'), { recursive: true })
    await writeFile(path.join(directory, 'index.html'), page)
    await writeFile(path.join(directory, 'assets', 'a.js'), 'export {}')
    await writeFile(path.join(directory, 'assets', 'a.js.map'), '{}')
    await writeFile(path.join(directory, 'secret.txt'), 'secret')
    await writeFile(path.join(scratch, 'outside.js'), 'outside')
    await symlink(path.join(scratch, 'outside.js'), path.join(directory, 'assets', 'link.js'))
    core = new StandInCore()
    door = await openWebDoor({ core, directory, port: 0 })
    token = new URL(door.url).hash.slice(1)
  })
  afterEach(async () => {
    vi.useRealTimers()
    await door[Symbol.asyncDispose]()
    await rm(scratch, { recursive: true, force: true })
  })
}
