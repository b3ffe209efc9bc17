// Raw and basic port sessions of the simulator, and which versions get them, by a naive client.

import { describe, expect, test, vi } from 'vitest'
import { sourceBytes } from '../world/bytesource'
import { SSH_BANNER } from './destinations'
import { NaiveClient, getTicket } from '../../../e2e/kit/wire/naiveclient'
import { startSimulator } from '../simulator'
import { idOf, LOCAL, open, simulator, stagePorts } from './port.kit'

stagePorts()

const SSH = 'AWS-StartSSHSession'

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
