// Multiplexed port sessions of the simulator, by a naive client.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { sourceBytes } from '../world/bytesource'
import { muxFrame } from '../../../e2e/kit/wire/naivemux'
import { startSimulator } from '../simulator'
import { idOf, LOCAL, open, PUSH, simulator, stagePorts } from './port.kit'

stagePorts()

const SYN = 0

const REMOTE = 'AWS-StartPortForwardingSessionToRemoteHost'

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(bytes))
  return length
}

describe('multiplexed', () => {
  test('the handshake names the properties in alphabetical order, the host only when there is one', async () => {
    const local = await open(LOCAL, 7)
    expect(JSON.stringify(local.request)).toContain(
      '"Properties":{"localPortNumber":"0","portNumber":"7","type":"LocalPortForwarding"}',
    )
    const remote = await open(REMOTE, 80, { host: 'intranet.internal' })
    expect(JSON.stringify(remote.request)).toContain('"Properties":{"host":"intranet.internal","localPortNumber"')
    local.client.close()
    remote.client.close()
  })

  test('the status page on 8080 is HTTP, and names its instance', async () => {
    const { client, streamed, hasEnded } = await open(LOCAL, 8_080, { name: 'web-2' })
    client.send(1, muxFrame(SYN, 3))
    client.send(1, muxFrame(PUSH, 3, 'GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'))
    await client.until(() => hasEnded(3))
    expect(streamed(3).toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(streamed(3).toString()).toContain('<h1>web-2: internal status</h1>')
    expect(streamed(3).toString()).toContain('<dd>/hello</dd>')
    client.close()
  })

  test('the intranet is reached by name through an instance, and not by itself', async () => {
    const { client, streamed } = await open(REMOTE, 80, { host: 'intranet.internal' })
    client.send(1, muxFrame(SYN, 3))
    client.send(1, muxFrame(PUSH, 3, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
    await client.until(() => streamed(3).includes('</html>'))
    expect(streamed(3).toString()).toContain('<h1>intranet.internal</h1>')
    client.close()
  })

  test('a neighbour is reached by its private address', async () => {
    const neighbour = simulator.world.instances.find(({ tags }) => tags['Name'] === 'web-2')!
    const { client, streamed } = await open(REMOTE, 8_080, { host: neighbour.privateIp })
    client.send(1, muxFrame(SYN, 3))
    client.send(1, muxFrame(PUSH, 3, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
    await client.until(() => streamed(3).includes('</html>'))
    expect(streamed(3).toString()).toContain('web-2: internal status')
    client.close()
  })

  test('the sink checks what it got, the source sends what can be checked', async () => {
    const bytes = Buffer.concat([...sourceBytes(300_000)])
    const sink = await open(LOCAL, 9_000)
    sink.client.send(1, muxFrame(SYN, 3))
    sink.client.send(1, muxFrame(PUSH, 3, lengthOf(bytes.length)))
    for (let at = 0; at < bytes.length; at += 1_000)
      sink.client.send(1, muxFrame(PUSH, 3, bytes.subarray(at, at + 1_000)))
    await sink.client.until(() => sink.hasEnded(3))
    expect(sink.streamed(3).toString()).toBe(`${createHash('sha256').update(bytes).digest('hex')}\n`)
    const source = await open(LOCAL, 9_001)
    source.client.send(1, muxFrame(SYN, 5))
    source.client.send(1, muxFrame(PUSH, 5, lengthOf(bytes.length)))
    await source.client.until(() => source.hasEnded(5))
    expect(source.streamed(5).equals(bytes)).toBe(true)
    sink.client.close()
    source.client.close()
  })

  test('a real TCP destination is reached where a test put one, and its connection is closed with the session', async () => {
    const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    simulator.world.addTcp(idOf('web-1'), 5_432, typeof address === 'object' ? address!.port : 0)
    const accepted = once(server, 'connection')
    const { client, streamed } = await open(LOCAL, 5_432)
    client.send(1, muxFrame(SYN, 3))
    client.send(1, muxFrame(PUSH, 3, 'through'))
    await client.until(() => streamed(3).toString() === 'through')
    const [socket] = (await accepted) as [NodeJS.EventEmitter]
    const closed = once(socket, 'close')
    client.send(10, Buffer.from([0, 0, 0, 2]))
    await closed
    client.close()
    server.close()
  })

  test('a port that nobody serves is refused by Flag 3 and FIN, and the session goes on', async () => {
    const { client, hasEnded, record } = await open(LOCAL, 2)
    for (const id of [3, 5]) {
      client.send(1, muxFrame(SYN, id))
      await client.until(() => hasEnded(id))
    }
    expect(client.bytes(10).toString('hex')).toBe('0000000300000003')
    const types = client.stream.slice(2).map(({ payloadType }) => payloadType)
    expect(types).toEqual([10, 1, 10, 1])
    expect(record().status).toBe('Connected')
    client.close()
  })

  test('a forbidden address fails the session right after the handshake, in the agent’s words', async () => {
    const { client, record } = await open(REMOTE, 80, { host: '169.254.169.254' })
    expect(await client.closedOutput()).toBe('Forwarding to IP address 169.254.169.254 is forbidden.')
    expect(record().status).toBe('Failed')
    client.close()
  })

  test('a host that cannot be resolved is no error until it is dialled', async () => {
    const { client, hasEnded, record } = await open(REMOTE, 80, { host: 'no.such.host' })
    client.send(1, muxFrame(SYN, 3))
    await client.until(() => hasEnded(3))
    expect(client.bytes(10).toString('hex')).toBe('00000003')
    expect(record().status).toBe('Connected')
    client.close()
  })

  // That it is not slower either, and makes up for late timers, is shown on a clock that a test moves (pump.test.ts).
  test('paced output is not faster than 1,024 bytes a millisecond', async () => {
    await using one = await startSimulator()
    const { client, hasEnded } = await open(LOCAL, 9_001, { one })
    const total = 600_000
    client.send(1, muxFrame(SYN, 3))
    const before = performance.now()
    client.send(1, muxFrame(PUSH, 3, lengthOf(total)))
    await client.until(() => hasEnded(3))
    expect(performance.now() - before).toBeGreaterThan((total / 1_024) * 0.9)
    client.close()
  })
})
