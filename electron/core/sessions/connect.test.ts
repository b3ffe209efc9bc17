import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { Agent } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { connect, type DialService } from './connect'

const never = new AbortController().signal

let server: Server
let sockets: WebSocketServer
let upgrades: IncomingMessage[]
let accepted: string[]
/** The status that refuses an upgrade, or undefined to accept it. */
let refuse: (request: IncomingMessage) => number | undefined

beforeEach(async () => {
  upgrades = []
  accepted = []
  refuse = () => undefined
  server = createServer()
  sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    upgrades.push(request)
    const status = refuse(request)
    if (status === undefined) sockets.handleUpgrade(request, socket, head, () => undefined)
    else socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  for (const socket of sockets.clients) socket.terminate()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const origin = (): string => `127.0.0.1:${(server.address() as AddressInfo).port}`

/** A service that gives these forms of the upgrade, by their signatures; "" is unsigned. */
function service(...forms: readonly string[]): DialService {
  return {
    region: 'eu-west-1',
    endpointUrl: `http://${origin()}`,
    signUpgrade: () =>
      Promise.resolve(
        forms.map((authorization) => ({
          headers: authorization === '' ? {} : { authorization },
          worked: () => void accepted.push(authorization),
        })),
      ),
    agentFor: () => undefined,
  }
}

const ticket = () => ({ sessionId: 's', tokenValue: 't', streamUrl: `ws://${origin()}/v1/data-channel/s?role=a` })

const signatures = (): (string | undefined)[] => upgrades.map(({ headers }) => headers['authorization'])

it('tries the forms of the upgrade in their order until one is accepted, and tells which', async () => {
  refuse = ({ headers }) => (headers['authorization'] === 'space' ? 403 : undefined)
  const wire = await connect(service('space', 'plus', ''), ticket(), never)
  wire.terminate()
  expect([signatures(), accepted]).toEqual([['space', 'plus'], ['plus']])
  expect(upgrades.map(({ url }) => url)).toEqual(Array(2).fill('/v1/data-channel/s?role=a'))
})

it('tries the unsigned form last', async () => {
  refuse = ({ headers }) => (headers['authorization'] === undefined ? undefined : 401)
  const wire = await connect(service('space', 'plus', ''), ticket(), never)
  wire.terminate()
  expect([signatures(), accepted]).toEqual([['space', 'plus', undefined], ['']])
})

it('is refused once every form was, and stops where something else failed', async () => {
  refuse = () => 403
  await expect(connect(service('space', ''), ticket(), never)).rejects.toMatchObject({ code: 'upgrade-refused' })
  expect(signatures()).toEqual(['space', undefined])
  refuse = () => 503
  await expect(connect(service('space', ''), ticket(), never)).rejects.toMatchObject({ code: 'network' })
  expect([signatures(), accepted]).toEqual([['space', undefined, 'space'], []])
})

it('refuses a foreign stream address before anything is signed or sent', async () => {
  let isSigned = false
  const spied: DialService = {
    ...service(''),
    signUpgrade: () => {
      isSigned = true
      return Promise.resolve([])
    },
  }
  const foreign = { ...ticket(), streamUrl: 'wss://ssmmessages.example.com/v1/data-channel/s' }
  await expect(connect(spied, foreign, never)).rejects.toMatchObject({ code: 'stream-url-refused' })
  expect([isSigned, upgrades]).toEqual([false, []])
})

/** Dials AWS's public host through an agent whose resolver does not know it; answers the error's text. */
async function unknownHost(host: string, more: Partial<DialService>): Promise<string> {
  const unknown = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' })
  const agent = new Agent({ lookup: (_host, _options, callback) => callback(unknown, '') })
  const dialling = connect(
    { ...service(''), agentFor: () => agent, ...more },
    { ...ticket(), streamUrl: `wss://${host}/v1/data-channel/s` },
    never,
  )
  const error: unknown = await dialling.catch((failure: unknown) => failure)
  expect(error).toMatchObject({ code: 'network' })
  return String(error)
}

it('names the missing setting where Systems Manager has an endpoint and its message gateway is not reached', async () => {
  const host = 'ssmmessages.eu-west-1.amazonaws.com'
  const endpointUrl = 'https://vpce-1-x.ssm.eu-west-1.vpce.amazonaws.com'
  expect(await unknownHost(host, { endpointUrl })).toMatch(
    /Systems Manager is reached at vpce-1-x\.ssm\.eu-west-1\.vpce\.amazonaws\.com: .* set CULVERT_SSMMESSAGES_ENDPOINT/,
  )
  expect(await unknownHost(host, { endpointUrl: undefined })).not.toContain('CULVERT_SSMMESSAGES_ENDPOINT')
  const messageEndpoint = 'wss://ssmmessages.us-east-1.amazonaws.com'
  expect(await unknownHost(host, { endpointUrl, messageEndpoint })).not.toContain('Systems Manager is reached')
})

it('says of a FIPS host that does not exist that not every region has one', async () => {
  const host = 'ssmmessages-fips.eu-west-1.amazonaws.com'
  expect(await unknownHost(host, { endpointUrl: undefined })).toContain('Not every region has a FIPS endpoint')
})
