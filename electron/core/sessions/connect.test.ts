import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
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
