// Redeemed authorizations over real sockets and the simulator: the limits hold against a client that ignores them.

import { expect, test, vi } from 'vitest'
import { HOUR_MS } from './authorizations.kit'
import {
  attendTo,
  authorize,
  authorizations,
  clock,
  holder,
  program,
  stage,
  stageHolder,
  states,
} from './attendance.kit'

stageHolder()

const starts = (): number => stage.simulator.sessions().length

test('no session is started before the token is redeemed, after ten minutes, with keys that were renewed meanwhile', async () => {
  const secret = await authorize()
  clock.now += 600_000
  await stage.environment.demo?.begin('keys')
  await stage.environment.demo?.recover()
  expect(starts()).toBe(0)
  const attendant = await attendTo(secret)
  const word = await attendant.word('listening')
  expect(word).toMatchObject({ host: '127.0.0.1', protocol: 'tcp', connectionLimit: 1 })
  expect(stage.active()).toEqual([word.sessionId])
  const one = program(word.port)
  one.socket.end('hello')
  await vi.waitFor(() => expect(one.read()).toBe('hello'))
  attendant.line.destroy()
  await vi.waitFor(() => expect(states).toEqual(['pending', 'redeemed', 'ended']))
})

test('a second redemption is refused while the first goes on, and after it', async () => {
  const secret = await authorize({ connectionLimit: undefined })
  const attendant = await attendTo(secret)
  const { port } = await attendant.word('listening')
  await expect(attendTo(secret)).rejects.toMatchObject({ code: 'authorization-refused' })
  const one = program(port)
  one.socket.write('still here')
  await vi.waitFor(() => expect(one.read()).toBe('still here'))
  attendant.line.destroy()
  await vi.waitFor(() => expect(stage.active()).toEqual([]))
  await expect(attendTo(secret)).rejects.toMatchObject({ message: expect.stringMatching(/used already/) })
})

test('the limit counts connections in all: one more is reset, also once another has closed, and the last one ends the session', async () => {
  const attendant = await attendTo(await authorize({ connectionLimit: 2 }))
  const { port } = await attendant.word('listening')
  const [first, second] = [program(port), program(port)]
  for (const each of [first, second]) {
    each.socket.write('x')
    await vi.waitFor(() => expect(each.read()).toBe('x'))
  }
  const third = program(port)
  expect(await third.closed).toBe('reset')
  expect((await attendant.word('told')).text).toMatch(/connection-limit: The authorization takes 2 connections in all/)
  first.socket.resetAndDestroy()
  await first.closed
  expect(await program(port).closed).toBe('reset')
  second.socket.resetAndDestroy()
  expect(await attendant.word('ended')).toEqual({
    kind: 'ended',
    text: 'The authorization took 2 connections in all, and the last one has closed.',
  })
  await attendant.line.closed
  expect(stage.active()).toEqual([])
})

test('at its expiry everything ends, whatever the client does: open connections are reset and the port is free', async () => {
  const attendant = await attendTo(await authorize({ connectionLimit: undefined, expiresAfterMs: HOUR_MS }))
  const { port } = await attendant.word('listening')
  const one = program(port)
  one.socket.write('x')
  await vi.waitFor(() => expect(one.read()).toBe('x'))
  // As after a sleep: the clock has moved on, and the timer has not. The next connection is refused, and ends it all.
  clock.now += HOUR_MS
  const late = program(port)
  expect(await late.closed).toBe('reset')
  expect(await one.closed).toBe('reset')
  expect((await attendant.word('ended')).text).toMatch(/^The authorization expired at \d\d:\d\d\./)
  await attendant.line.closed
  expect(await program(port).closed).toBe('reset')
  expect(stage.active()).toEqual([])
})

test('a wake ends what expired during the sleep', async () => {
  const attendant = await attendTo(await authorize({ expiresAfterMs: HOUR_MS }))
  await attendant.word('listening')
  clock.now += HOUR_MS
  stage.environment.wake()
  expect((await attendant.word('ended')).text).toMatch(/expired/)
})

test('a session that cannot be opened is told with its error, and the token works again', async () => {
  stage.simulator.failNext('StartSession', { code: 'TargetNotConnected', message: 'i-1 is not connected.' })
  const secret = await authorize()
  const attendant = await attendTo(secret)
  expect(await attendant.word('ended')).toMatchObject({ error: { code: 'agent-offline' } })
  expect(states).toEqual(['pending', 'redeemed', 'pending'])
  expect(authorizations.pending).toHaveLength(1)
  const again = await attendTo(secret)
  await again.word('listening')
  again.line.destroy()
})

test('a client that leaves while the session is being opened leaves none behind, and the token works again', async () => {
  const secret = await authorize()
  const begun = stage.simulator.delayNext('StartSession', 200)
  const attendant = await attendTo(secret)
  await begun
  attendant.line.destroy()
  await vi.waitFor(() => expect(states).toEqual(['pending', 'redeemed', 'pending']))
  await vi.waitFor(() => expect(stage.active()).toEqual([]))
})

test('a holder that closes ends the sessions and says so', async () => {
  const attendant = await attendTo(await authorize())
  await attendant.word('listening')
  await holder[Symbol.asyncDispose]()
  expect(await attendant.word('ended')).toMatchObject({ error: { code: 'not-running' } })
  expect(stage.active()).toEqual([])
})

test('ssh: each connection is a raw session of its own, started when it comes', async () => {
  const attendant = await attendTo(await authorize({ session: { kind: 'ssh', remotePort: 22 }, connectionLimit: 2 }))
  const word = await attendant.word('listening')
  expect(word).toMatchObject({ protocol: 'ssh', sessionId: expect.stringMatching(/^pending:/) })
  expect(starts()).toBe(0)
  const one = program(word.port)
  await vi.waitFor(() => expect(one.read()).toMatch(/^SSH-2\.0/))
  expect(stage.simulator.sessions().map(({ documentName }) => documentName)).toEqual(['AWS-StartSSHSession'])
  one.socket.write('x')
  await vi.waitFor(() => expect(one.read()).toMatch(/x$/))
  one.socket.resetAndDestroy()
  await vi.waitFor(() => expect(stage.active()).toEqual([]))
  const two = program(word.port)
  await vi.waitFor(() => expect(two.read()).toMatch(/^SSH-2\.0/))
  expect(await program(word.port).closed).toBe('reset')
  two.socket.resetAndDestroy()
  expect((await attendant.word('ended')).text).toMatch(/2 connections/)
})

test('a shell takes the size and what is typed, and ends with its program', async () => {
  const attendant = await attendTo(await authorize({ session: { kind: 'shell' } }))
  attendant.size(91, 33)
  expect(await attendant.word('shell')).toMatchObject({ connectionLimit: 1, platform: 'linux' })
  attendant.type('stty size\r')
  await vi.waitFor(() => expect(attendant.output).toContain('33 91'))
  attendant.size(80, 24)
  attendant.type('stty size\r')
  await vi.waitFor(() => expect(attendant.output).toContain('24 80'))
  attendant.type('exit\r')
  expect(await attendant.word('ended')).toEqual({ kind: 'ended', text: '' })
  expect(states.at(-1)).toBe('ended')
})

test('a client that sends what no Culvert sends loses its line, and its session ends', async () => {
  const attendant = await attendTo(await authorize({ session: { kind: 'shell' } }))
  attendant.size(91, 33)
  await attendant.word('shell')
  void attendant.line.send(Buffer.from([9, 9, 9, 9, 9]))
  await attendant.line.closed
  await vi.waitFor(() => expect(stage.active()).toEqual([]))
})

test('a session whose authorization is revoked ends, and says so', async () => {
  const secret = await authorize()
  const id = authorizations.pending[0]?.id ?? ''
  const attendant = await attendTo(secret)
  await attendant.word('listening')
  expect(authorizations.revoke(id)).toBe(true)
  expect(await attendant.word('ended')).toMatchObject({ error: { message: expect.stringMatching(/was revoked/) } })
  expect(states.at(-1)).toBe('ended')
})

test('a client that redeems a shell and tells no size holds it until its expiry only', async () => {
  const attendant = await attendTo(await authorize({ session: { kind: 'shell' }, expiresAfterMs: 50 }))
  clock.now += 50
  expect(await attendant.word('ended')).toMatchObject({ error: { message: expect.stringMatching(/expired at/) } })
  await vi.waitFor(() => expect(states.at(-1)).toBe('expired'))
  expect(starts()).toBe(0)
})

test('a client that redeems a shell and tells no size does not keep the holder from closing', async () => {
  const attendant = await attendTo(await authorize({ session: { kind: 'shell' } }))
  await holder[Symbol.asyncDispose]()
  expect(await attendant.word('ended')).toMatchObject({ error: { code: 'not-running' } })
})

test('of two redemptions at the same time one is refused', async () => {
  const secret = await authorize()
  const both = await Promise.allSettled([attendTo(secret), attendTo(secret)])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  for (const each of both) if (each.status === 'fulfilled') await each.value.word('listening')
  expect(starts()).toBe(1)
  for (const each of both) if (each.status === 'fulfilled') each.value.line.destroy()
})

test('of 100 connections at once three are carried', async () => {
  const attendant = await attendTo(await authorize({ connectionLimit: 3 }))
  const { port } = await attendant.word('listening')
  const programs = Array.from({ length: 100 }, () => program(port))
  for (const { socket } of programs) socket.write('x')
  let resets = 0
  for (const { closed } of programs) void closed.then(() => (resets += 1))
  await vi.waitFor(() => expect([resets, programs.filter((each) => each.read() === 'x').length]).toEqual([97, 3]))
  for (const { socket } of programs) socket.resetAndDestroy()
  expect((await attendant.word('ended')).text).toMatch(/^The authorization took 3 connections in all/)
})
