import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { sourceBytes } from '../world/bytesource'
import { SSH_BANNER } from './destinations'
import { NaiveClient, getTicket, muxFrame, readMux } from '../../../e2e/kit/naiveclient'
import { startSimulator, type Simulator } from '../simulator'

const SYN = 0
const FIN = 1
const PUSH = 2
const LOCAL = 'AWS-StartPortForwardingSession'
const REMOTE = 'AWS-StartPortForwardingSessionToRemoteHost'
const SSH = 'AWS-StartSSHSession'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator({ isPaced: false })
})
afterAll(async () => {
  await simulator[Symbol.asyncDispose]()
})

const idOf = (name: string) => simulator.world.instances.find(({ tags }) => tags['Name'] === name)!.id

async function open(document: string, port: number, options: { host?: string; name?: string; one?: Simulator } = {}) {
  const { one = simulator, name = 'web-1', host } = options
  const client = new NaiveClient()
  const ticket = await getTicket(one, 'StartSession', {
    Target: one.world.instances.find(({ tags }) => tags['Name'] === name)!.id,
    DocumentName: document,
    Parameters: { portNumber: [String(port)], ...(host === undefined ? {} : { host: [host] }) },
  })
  await client.open(ticket)
  const request = await client.shakeHands()
  const record = () => one.sessions().find(({ id }) => id === ticket.sessionId)!
  // The user's bytes after the handshake, and the bytes of one stream.
  const streamed = (id: number) =>
    Buffer.concat(
      readMux(client.bytes())
        .filter(({ command, streamId }) => command === PUSH && streamId === id)
        .map(({ data }) => data),
    )
  const hasEnded = (id: number) =>
    readMux(client.bytes()).some(({ command, streamId }) => command === FIN && streamId === id)
  return { client, request, record, streamed, hasEnded }
}

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

describe('raw', () => {
  test('the banner comes at once, bytes are echoed untouched, and the end of the connection ends the session', async () => {
    const { client, request } = await open(SSH, 22)
    expect(JSON.stringify(request)).toContain('"Properties":{"portNumber":"22"}')
    await client.until(() => client.bytes().toString() === SSH_BANNER)
    const bytes = Buffer.from([0, 10, 13, 255, 10])
    for (const byte of bytes) client.send(1, Buffer.from([byte]))
    await client.until(() => client.bytes().length === SSH_BANNER.length + bytes.length)
    expect(client.bytes().subarray(SSH_BANNER.length)).toEqual(bytes)
    client.close()
  })

  test.each([true, false])(
    'a megabyte sent at once is echoed whole, though the reader blocks (paced: %s)',
    async (isPaced) => {
      await using one = await startSimulator({ isPaced })
      const { client } = await open(SSH, 22, { one })
      await client.until(() => client.bytes().length === SSH_BANNER.length)
      const bytes = Buffer.concat([...sourceBytes(1_000_000)])
      for (let at = 0; at < bytes.length; at += 1_024) client.send(1, bytes.subarray(at, at + 1_024))
      await client.until(() => client.stream.length > 900 && client.bytes().length >= SSH_BANNER.length + bytes.length)
      expect(client.bytes().subarray(SSH_BANNER.length).equals(bytes)).toBe(true)
      client.close()
    },
  )

  test('the far end’s last bytes arrive before channel_closed', async () => {
    simulator.world.addPort(idOf('web-1'), 2_222, (connection) => {
      connection.once('data', () => connection.end(Buffer.alloc(50_000, 'z')))
    })
    const { client, record } = await open(SSH, 2_222)
    client.send(1, 'go')
    expect(await client.closedOutput()).toBe('')
    expect(client.bytes().length).toBe(50_000)
    expect(record().status).toBe('Terminated')
    client.close()
  })

  test('a port that nobody serves fails the session', async () => {
    const { client, record } = await open(SSH, 2)
    expect(await client.closedOutput()).toBe(
      'Unable to connect to specified port: dial tcp 127.0.0.1:2: connect: connection refused',
    )
    expect(record().status).toBe('Failed')
    client.close()
  })

  test('Flag 2 ends the session, and what was written before is delivered', async () => {
    const heard: Buffer[] = []
    simulator.world.addPort(idOf('web-1'), 2_223, (connection) =>
      connection.on('data', (chunk: Buffer) => heard.push(chunk)),
    )
    const { client } = await open(SSH, 2_223)
    client.send(1, Buffer.alloc(40_000, 'q'))
    client.send(10, Buffer.from([0, 0, 0, 2]))
    await client.closedOutput()
    expect(Buffer.concat(heard).length).toBe(40_000)
    client.close()
  })
})

describe('basic, at an agent too old for multiplexing', () => {
  test('one connection at a time, closed by Flag 1 and dialled again by the next byte', async () => {
    const events: string[] = []
    simulator.world.addPort(idOf('legacy-billing'), 7_000, (connection) => {
      events.push('open')
      connection.on('data', (chunk: Buffer) => {
        events.push(chunk.toString())
        connection.write(`re:${chunk.toString()}`)
      })
      connection.once('end', () => {
        events.push('end')
        connection.end()
      })
    })
    const { client, request } = await open(LOCAL, 7_000, { name: 'legacy-billing' })
    expect(request['AgentVersion']).toBe('3.0.150.0')
    client.send(1, 'one')
    await client.until(() => client.bytes().toString() === 're:one')
    client.send(10, Buffer.from([0, 0, 0, 1]))
    await vi.waitFor(() => expect(events.at(-1)).toBe('end'))
    client.send(1, 'two')
    await client.until(() => client.bytes().toString() === 're:onere:two')
    expect(events).toEqual(['open', 'one', 'end', 'open', 'two'])
    client.close()
  })

  test('a close of the far end is not told; the next byte dials again', async () => {
    let count = 0
    simulator.world.addPort(idOf('legacy-billing'), 7_001, (connection) => {
      count += 1
      connection.once('data', () => connection.end(`bye ${count};`))
    })
    const { client, record } = await open(LOCAL, 7_001, { name: 'legacy-billing' })
    for (const expected of ['bye 1;', 'bye 1;bye 2;']) {
      client.send(1, 'x')
      await client.until(() => client.bytes().toString() === expected)
    }
    expect({ status: record().status, service: client.service }).toEqual({ status: 'Connected', service: [] })
    client.close()
  })

  test('a destination that is gone fails the session, and the byte stays unacknowledged', async () => {
    simulator.world.addPort(idOf('legacy-billing'), 7_002, (connection) => {
      simulator.world.addDial(idOf('legacy-billing'), 7_002, () => Promise.reject(new Error('refused')))
      connection.end()
    })
    const { client } = await open(LOCAL, 7_002, { name: 'legacy-billing' })
    client.send(1, 'x')
    await client.until(() => client.unacknowledged.size === 0 || client.service.length > 0)
    expect(await client.closedOutput()).toBe('Unable to connect to specified port: refused')
    expect(client.unacknowledged.size).toBe(1)
    client.close()
  })
})

describe('versions', () => {
  test('an old client gets basic forwarding from a new agent', async () => {
    await using one = await startSimulator({ allowsOldClients: true })
    const client = new NaiveClient()
    client.clientVersion = '1.1.69.0'
    await client.open(
      await getTicket(one, 'StartSession', {
        Target: idOf('web-1'),
        DocumentName: LOCAL,
        Parameters: { portNumber: ['7'] },
      }),
    )
    await client.shakeHands()
    client.send(1, 'plain')
    await client.until(() => client.bytes().toString() === 'plain')
    client.close()
  })

  test('every agent can be given one version', async () => {
    await using one = await startSimulator({ agentVersion: '3.0.196.0' })
    const { client, request } = await open(LOCAL, 7, { one })
    expect(request['AgentVersion']).toBe('3.0.196.0')
    client.send(1, 'plain')
    await client.until(() => client.bytes().toString() === 'plain')
    client.close()
  })
})
