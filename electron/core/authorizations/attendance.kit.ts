// What the tests of redeemed authorizations share: a holder over the simulator, and an attending client that a test drives by hand.

import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { openStage, type Stage } from '../../../e2e/kit/aws/environment'
import type { WantedAuthorization } from './authorization'
import { Authorizations, type AuthorizationState } from './authorizations'
import { wanted } from './authorizations.kit'
import { encodeFrames, encodeWord, FrameKind } from './line/frames'
import { openHolder, type Holder } from './holder'
import type { Line } from './line/line'
import { redeem } from './redeeming'
import { readHolderWord, type HolderWord } from './line/words'

/** The simulator and the environment of this test. */
export let stage: Stage

/** The holder of this test. */
export let holder: Holder

/** The authorizations of the holder. */
export let authorizations: Authorizations

/** The states that its authorizations went through. */
export let states: AuthorizationState[]

/** The clock of the holder, epoch ms. */
export let clock: { now: number }

/** The instance with this Name. */
async function instance(name: string): Promise<WantedAuthorization['target']> {
  const { signal } = new AbortController()
  const { instances } = await stage.environment.listInstances(signal)
  const found = instances.find((each) => each.name === name)
  if (found === undefined) throw new Error(`There is no ${name}.`)
  return found
}

/** Authorizes a session to web-2; resolves with the secret. */
export async function authorize(change: Partial<WantedAuthorization> = {}): Promise<string> {
  const target = await instance('web-2')
  const environment = () => Promise.resolve(stage.environment)
  return authorizations.add(wanted({ target, environment, session: { kind: 'tcp', remotePort: 7 }, ...change })).secret
}

/** A command that attends, and what it was told. */
export class Attendant {
  readonly line: Line
  readonly words: HolderWord[] = []
  output = ''

  constructor(line: Line) {
    this.line = line
    line.listen(({ kind, bytes }) => {
      if (kind === FrameKind.word) this.words.push(readHolderWord(bytes))
      else this.output += bytes.toString()
    })
  }

  /** Resolves with the first word of this kind. */
  word<K extends HolderWord['kind']>(kind: K): Promise<Extract<HolderWord, { kind: K }>> {
    const isOne = (word: HolderWord): word is Extract<HolderWord, { kind: K }> => word.kind === kind
    return vi.waitFor(() => {
      const found = this.words.find(isOne)
      if (found === undefined) throw new Error(`not told: ${kind}, but ${JSON.stringify(this.words)}`)
      return found
    })
  }

  size(cols: number, rows: number): void {
    void this.line.send(encodeWord({ kind: 'size', cols, rows }))
  }

  type(text: string): void {
    void this.line.send(encodeFrames(FrameKind.input, Buffer.from(text)))
  }
}

/** Redeems a secret. */
export async function attendTo(secret: string): Promise<Attendant> {
  return new Attendant(await redeem({ holder: holder.name, secret }))
}

/** What a program saw of its connection to a local port. */
export interface Program {
  readonly socket: Socket
  read(): string
  readonly closed: Promise<'end' | 'reset'>
}

/** Connects to a local port. */
export function program(port: number): Program {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  let isReset = false
  socket.on('data', (bytes) => {
    text += bytes.toString()
  })
  socket.on('error', () => {
    isReset = true
  })
  const closed = new Promise<'end' | 'reset'>((resolve) => {
    socket.once('close', () => resolve(isReset ? 'reset' : 'end'))
  })
  return { socket, read: () => text, closed }
}

/** Opens a holder before each test, and shows after it that no session is left; call it at the top of a test file. */
export function stageHolder(): void {
  beforeEach(async () => {
    stage = await openStage()
    const time = { now: Date.now() }
    const told: AuthorizationState[] = []
    clock = time
    states = told
    const now = (): number => time.now
    authorizations = new Authorizations({ now, changed: (_, state) => told.push(state) })
    holder = await openHolder({ authorizations, now })
  })
  afterEach(async () => {
    await holder[Symbol.asyncDispose]()
    authorizations[Symbol.dispose]()
    expect(stage.active()).toEqual([])
    await stage.close()
  })
}
