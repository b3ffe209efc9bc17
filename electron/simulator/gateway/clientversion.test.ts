import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { NaiveClient, getTicket, type NaiveTicket } from '../../../e2e/kit/wire/naiveclient'
import { CLIENT_VERSION } from '../../ssm/codec/version'
import { startSimulator, type Simulator } from '../simulator'
import { isSupportedClient } from './clientversion'

let simulator: Simulator | undefined
afterEach(async () => {
  await simulator?.[Symbol.asyncDispose]()
})

async function startPort(allowsOldClients = false): Promise<NaiveTicket> {
  simulator = await startSimulator({ allowsOldClients })
  return getTicket(simulator, 'StartSession', {
    Target: simulator.world.instances[0]!.id,
    DocumentName: 'AWS-StartPortForwardingSession',
    Parameters: { portNumber: ['7'] },
  })
}

describe('the version of a client', () => {
  test('is supported from 1.2.764.0 on, and only as four numbers', () => {
    const versions = ['1.2.764.0', '1.2.764.1', '1.3.0.0', '2.0.0.0', CLIENT_VERSION]
    expect(versions.filter((version) => !isSupportedClient(version))).toEqual([])
    const refused = ['1.2.763.9', '1.2.707.0', '1.2.0.0', '0.9.999.0', '1.2.764', '1.2.896.0.1', 'culvert/2.0', '']
    expect([...refused, undefined].filter((version) => isSupportedClient(version))).toEqual([])
  })

  test('below the minimum closes the data channel with the two versions, and leaves the session alone', async () => {
    const ticket = await startPort()
    const webSocket = new WebSocket(ticket.url)
    await once(webSocket, 'open')
    webSocket.send(
      JSON.stringify({
        MessageSchemaVersion: '1.0',
        RequestId: 'r',
        TokenValue: ticket.token,
        ClientId: 'c',
        ClientVersion: '1.2.707.0',
      }),
    )
    const [code, reason] = await once(webSocket, 'close')
    expect([code, String(reason)]).toEqual([1008, 'ClientVersion 1.2.707.0 is below 1.2.764.0'])
    expect(simulator?.sessions()[0]?.status).toBe('Connecting')
    const client = new NaiveClient()
    client.clientVersion = CLIENT_VERSION
    await client.open(ticket)
    await client.shakeHands()
    client.close()
  })

  test('below the minimum is let in where old clients are allowed', async () => {
    const ticket = await startPort(true)
    const client = new NaiveClient()
    client.clientVersion = '1.2.707.0'
    await client.open(ticket)
    await client.shakeHands()
    expect(simulator?.sessions()[0]?.opened).toMatchObject([{ clientVersion: '1.2.707.0' }])
    client.close()
  })
})
