// The list of terminals, and the window's view of a shell that the service ends: its text is foreign.

import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { TerminalView } from '../../../shared/model/terminal'
import { makeGround, type Ground } from '../../../e2e/kit/aws/forwards'
import { naiveEncode } from '../../../e2e/kit/wire/naive'
import { openAccount } from '../../aws/account'
import { startSimulator } from '../../simulator/simulator'
import { processBudgets } from '../tunnels/budgets'
import { createEnvironment } from '../environments/environment'
import { openJournal } from '../store/journal'
import type { TerminalPlace, TerminalScreen } from './parts'
import { Terminals } from './terminals'

const screen: TerminalScreen = { windowId: 'w', size: { cols: 80, rows: 24 } }

/** A gateway in front of the simulator's: passes everything on, and ends a channel with a text of its own. */
async function gateway(): Promise<{ front: (streamUrl: string) => string; close: (text: string) => void }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  let target = ''
  const clients = new Set<WebSocket>()
  server.on('connection', (client) => {
    clients.add(client)
    const behind = new WebSocket(target)
    client.on('message', (bytes: Buffer, isBinary) => {
      if (behind.readyState === WebSocket.OPEN) behind.send(bytes, { binary: isBinary })
      else behind.once('open', () => behind.send(bytes, { binary: isBinary }))
    })
    behind.on('message', (bytes: Buffer, isBinary) => client.send(bytes, { binary: isBinary }))
    behind.on('error', () => client.terminate())
    client.on('error', () => behind.terminate())
    client.on('close', () => behind.close())
  })
  onTestFinished(() => {
    for (const client of clients) client.terminate()
    server.close()
  })
  return {
    front: (streamUrl) => {
      target = streamUrl
      const { pathname, search } = new URL(streamUrl)
      return `ws://127.0.0.1:${port}${pathname}${search}`
    },
    close: (text) => {
      const payload = JSON.stringify({
        MessageType: 'channel_closed',
        MessageId: 'm',
        DestinationId: 'd',
        SessionId: 's',
        SchemaVersion: 1,
        CreatedDate: new Date().toISOString(),
        Output: text,
      })
      for (const client of clients) client.send(naiveEncode({ type: 'channel_closed', payload }))
    },
  }
}

test('what the service says at the end of a shell is redacted and cut, in the view and in the journal', async () => {
  await using simulator = await startSimulator({ isPaced: false, shellDelayMs: 0 })
  const { endpointUrl, region, credentials } = simulator
  const account = await openAccount({ endpointUrl, region, credentials, env: {} })
  const { front, close } = await gateway()
  await using environment = createEnvironment({
    name: 'ops',
    isDemo: false,
    budgets: processBudgets(),
    service: {
      region: account.region,
      endpointUrl: account.endpointUrl,
      keysOutlook: () => account.keysOutlook(),
      otherKeys: account.otherKeys,
      ecs: account.ecs,
      startSession: async (request, signal) => {
        const ticket = await account.startSession(request, signal)
        return { ...ticket, streamUrl: front(ticket.streamUrl) }
      },
      resumeSession: (id, signal) => account.resumeSession(id, signal),
      terminateSession: (id, signal) => account.terminateSession(id, signal),
      generateDataKey: (request, signal) => account.generateDataKey(request, signal),
      preferences: (signal) => account.preferences(signal),
      signUpgrade: () => Promise.resolve([{ headers: {}, worked: () => undefined }]),
      agentFor: () => undefined,
      identity: (signal) => account.identity(signal),
      sessionDocument: (name, signal) => account.sessionDocument(name, signal),
      activeSessions: (target, signal) => account.activeSessions(target, signal),
      sessions: (query) => account.sessions(query),
      connectionStatus: (target, signal) => account.connectionStatus(target, signal),
      listInstances: (signal) => account.listInstances(signal),
      describeTarget: (id, signal) => account.describeTarget(id, signal),
      [Symbol.asyncDispose]: () => account[Symbol.asyncDispose](),
    },
  })
  await using journal = await openJournal('/nowhere', { now: Date.now, onEntry: () => undefined })
  const watchers = new Set<() => void>()
  await using terminals = new Terminals({
    journal,
    now: Date.now,
    changed: () => {
      for (const watch of watchers) watch()
    },
    output: () => undefined,
  })
  const reach = (kind: TerminalView['state']['kind']): Promise<TerminalView['state']> =>
    new Promise((resolve) => {
      const look = (): void => {
        const state = terminals.views[0]?.state
        if (state?.kind === kind) resolve(state)
      }
      watchers.add(look)
      look()
    })
  const { instances } = await environment.listInstances(new AbortController().signal)
  const instance = instances.find(({ name }) => name === 'web-2')
  terminals.open(
    {
      ref: { kind: 'aws', profile: 'ops' },
      environmentName: 'ops',
      environment: () => Promise.resolve(environment),
      instance: { id: instance?.id ?? '', name: 'web-2' },
    },
    { windowId: 'w', size: { cols: 80, rows: 24 } },
  )
  await reach('open')
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
  close(`The plugin failed: secretAccessKey=${secret} ${'and so on. '.repeat(10_000)}`)
  const state = await reach('ended')
  const text = state.kind === 'ended' ? state.text : ''
  expect(text).toMatch(/^The session was ended on the other side: The plugin failed: secretAccessKey=\[redacted\] and/)
  expect(text.length).toBeLessThanOrEqual(2_048)
  const [entry] = journal.list({ limit: 1 }).entries
  expect(entry?.text).toContain('ended its shell. The session was ended on the other side: The plugin failed:')
  expect(JSON.stringify(entry)).not.toContain(secret)
  expect(entry?.text.length).toBeLessThan(2_100)
})

describe('the list', () => {
  let ground: Ground
  let terminals: Terminals
  let changes: number

  beforeEach(async () => {
    ground = await makeGround({ hasPty: false })
    changes = 0
    terminals = new Terminals({
      journal: ground.journal,
      now: Date.now,
      changed: () => (changes += 1),
      output: () => undefined,
    })
  })
  afterEach(async () => {
    await terminals[Symbol.asyncDispose]()
    expect(ground.stage.active()).toEqual([])
    await ground.close()
  })

  function place(name = 'web-2'): TerminalPlace {
    return {
      ref: { kind: 'demo' },
      environmentName: 'Demo',
      environment: () => Promise.resolve(ground.stage.environment),
      instance: { id: ground.idOf('web-2'), name },
    }
  }

  const names = (): string[] => terminals.views.map(({ instance }) => instance.name)

  test('those of an earlier run are there in their order, ended, and no more than the most', () => {
    const id = terminals.open(place('new'), screen)
    terminals.restore(Array.from({ length: 120 }, (_, index) => place(`old-${index}`)))
    expect(terminals.views).toHaveLength(100)
    expect(names().slice(0, 3)).toEqual(['new', 'old-0', 'old-1'])
    expect(terminals.views[1]?.state.kind).toBe('ended')
    expect(() => terminals.open(place(), screen)).toThrow('There are 100 terminals, which is the most.')
    expect(terminals.views[0]?.id).toBe(id)
  })

  test('one that is closed is gone at once, and what is asked of it is refused', async () => {
    const id = terminals.open(place(), screen)
    const closed = terminals.close(id)
    expect(terminals.views).toEqual([])
    expect(() => terminals.retry(id)).toThrow('This terminal is closed. Open a new one.')
    await expect(terminals.write(id, 'x')).rejects.toMatchObject({ code: 'usage' })
    await expect(terminals.close(id)).rejects.toMatchObject({ code: 'usage' })
    await closed
  })

  test('a window that is gone holds none of them any more, and another window’s stay', () => {
    terminals.open(place(), screen)
    terminals.open(place(), { ...screen, windowId: 'other' })
    const before = changes
    terminals.release('w')
    expect(terminals.views.map(({ heldBy }) => heldBy)).toEqual([undefined, 'other'])
    expect(changes).toBe(before + 1)
  })

  test('once it is over, nothing is opened any more', async () => {
    terminals.restore([place()])
    const id = terminals.views[0]?.id ?? ''
    await terminals[Symbol.asyncDispose]()
    expect(() => terminals.open(place(), screen)).toThrow('Culvert is closing')
    expect(() => terminals.restart(id, screen)).toThrow('Culvert is closing')
    expect(terminals.views).toEqual([])
  })
})
