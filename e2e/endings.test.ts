// Peers that end, hang up or hang at the worst moment: no tunnel is lost by it, no session is left, none is ended twice.

import { describe, expect, it } from 'vitest'
import { listen } from '../electron/core/tunnels/listener'
import { openShell } from '../electron/core/sessions/shell'
import { ReceiveBudget } from '../electron/ssm/port/budget'
import { channelClosed, portReady } from './kit/wire/gateway'
import { output } from './kit/wire/naive'
import { begin, client, event, gateway, isUp, never, quick, start, stageGateway } from './kit/stages/endings'
import { ResumePermission } from '../electron/core/sessions/resume/permission'

stageGateway()

describe('a session that ends in the same read as its handshake', () => {
  it('costs its tunnel an attempt and not its life, and a connection that is held goes to the next one', async () => {
    const isHeld = event()
    const opened = event<Buffer>()
    await begin({
      startSession: (ticket) => isHeld.come.then(() => ticket),
      onOpen: (socket) => {
        if (socket.sessionId === 'session-1') socket.send(...portReady, channelClosed('gone as it came'))
        else {
          socket.send(...portReady)
          // Behind the handshake's response: the held connection's SYN.
          void socket
            .input()
            .then(() => socket.input())
            .then(({ payload }) => opened.tell(payload))
        }
      },
    })
    const port = event<number>()
    const { states, reached } = start({ onListening: port.tell })
    const held = await client(await port.come)
    const up = reached(isUp)
    isHeld.tell()
    expect(await up).toMatchObject({ sessionId: 'session-2' })
    expect([...(await opened.come).subarray(0, 2)]).toEqual([1, 0])
    expect(held.destroyed).toBe(false)
    const causes = states.flatMap((state) => ('cause' in state ? [state.cause.message] : []))
    expect(causes.join()).toContain('gone as it came')
    expect(gateway.started).toEqual(['session-1', 'session-2'])
    expect(gateway.terminated).toEqual(['session-1'])
  })

  it('is terminated exactly once where it was a shell', async () => {
    const terminated = event<string>()
    await begin({
      onTerminate: terminated.tell,
      onOpen: (socket) => socket.send(output(0, 'a last word'), channelClosed('')),
    })
    const shell = await openShell({
      service: gateway.service,
      budget: new ReceiveBudget(),
      wakeables: new Set(),
      permission: new ResumePermission(),
      timing: quick,
      target: 'i-0123456789abcdef0',
      signal: never,
    })
    expect(await shell.ended).toEqual({ text: '', exitCode: undefined })
    await terminated.come
    await shell[Symbol.asyncDispose]()
    expect(gateway.terminated).toEqual(['session-1'])
  })
})

describe('a session is terminated exactly once', () => {
  it('when its shell is disposed of, although its end is told on the way', async () => {
    await begin({ onOpen: (socket) => socket.send(output(0, '$ ')) })
    const shell = await openShell({
      service: gateway.service,
      budget: new ReceiveBudget(),
      wakeables: new Set(),
      permission: new ResumePermission(),
      timing: quick,
      target: 'i-0123456789abcdef0',
      signal: never,
    })
    await Promise.all([shell[Symbol.asyncDispose](), shell[Symbol.asyncDispose]()])
    expect(gateway.terminated).toEqual(['session-1'])
  })

  it('when its tunnel is told to end in the very moment in which it opened', async () => {
    const disposed = event()
    await begin({
      onOpen: (socket) => socket.send(...portReady),
      onReady: () => void tunnel[Symbol.asyncDispose]().then(disposed.tell),
    })
    const { tunnel } = start()
    await disposed.come
    expect(gateway.terminated).toEqual(['session-1'])
  })

  it('when the service has ended it under a running tunnel', async () => {
    const sockets: { close: () => void }[] = []
    await begin({
      onOpen: (socket) => {
        socket.send(...portReady)
        sockets.push({ close: () => socket.send(channelClosed('ended by somebody')) })
      },
    })
    const { reached } = start()
    await reached(isUp)
    const again = reached(isUp)
    sockets[0]?.close()
    expect(await again).toMatchObject({ sessionId: 'session-2' })
    expect(gateway.terminated).toEqual(['session-1'])
  })
})

describe('a tunnel whose StartSession hangs', () => {
  it('gives its port free at once, and ends behind it the session that comes late', async () => {
    const asked = event()
    const answer = event()
    await begin({
      startSession: (ticket) => {
        asked.tell()
        return answer.come.then(() => ticket)
      },
      onOpen: (socket) => socket.send(...portReady),
    })
    const port = event<number>()
    const { tunnel } = start({ onListening: port.tell })
    const bound = await port.come
    await asked.come
    await tunnel.release()
    const again = await listen({ port: bound, onConnection: (socket) => socket.destroy() })
    await again[Symbol.asyncDispose]()
    expect(gateway.terminated).toEqual([])
    answer.tell()
    await tunnel[Symbol.asyncDispose]()
    expect(gateway.terminated).toEqual(['session-1'])
  })
})
