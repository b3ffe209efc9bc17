import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { callSsm } from '../../../e2e/kit/wire/naiveclient'
import { startSimulator, type Simulator } from '../../simulator/simulator'
import { DemoControls } from './demo'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ hasPty: false })
})
afterAll(() => simulator[Symbol.asyncDispose]())

function controlsOf(demo: Pick<Simulator, 'endpointUrl' | 'credentials'>, networkOutageMs = 600_000) {
  const told: string[] = []
  const { endpointUrl, credentials } = demo
  const controls = new DemoControls({
    demo: { endpointUrl, credentials },
    wake: () => told.push('wake'),
    now: () => 1_000,
    networkOutageMs,
  })
  controls.onChange(() => told.push(controls.outage?.kind ?? 'over'))
  onTestFinished(() => controls[Symbol.dispose]())
  return { controls, told }
}

const answer = () =>
  callSsm(simulator, 'DescribeInstanceInformation', {}).then(
    ({ status }) => status,
    () => 'no answer',
  )

test('a minute without network is told with its end, ends by itself, and wakes what waits', async () => {
  const { controls, told } = controlsOf(simulator, 100)
  await controls.begin('network')
  await expect.poll(() => told).toEqual(['network', 'over', 'wake'])
  await expect.poll(answer).toBe(200)
})

test('it can be ended before, and another outage is refused meanwhile', async () => {
  const { controls, told } = controlsOf(simulator)
  await controls.begin('network')
  expect(controls.outage).toEqual({ kind: 'network', endsAt: 601_000 })
  expect(await answer()).toBe('no answer')
  await expect(controls.begin('cut')).rejects.toMatchObject({ code: 'usage' })
  await controls.recover()
  expect(await answer()).toBe(200)
  expect(told).toEqual(['network', 'over', 'wake'])
  await controls.recover()
  expect(told).toHaveLength(3)
})

test('keys that have expired are others after a login; a cut lasts not', async () => {
  const { controls, told } = controlsOf(simulator)
  const before = controls.keys
  await controls.begin('keys')
  expect(controls.outage).toEqual({ kind: 'keys', sinceAt: 1_000 })
  expect(await answer()).toBe(400)
  await expect(controls.begin('network')).rejects.toMatchObject({ message: expect.stringContaining('Log in') })
  await controls.recover()
  expect(controls.keys.accessKeyId).not.toBe(before.accessKeyId)
  expect(controls.keys).toEqual(simulator.credentials)
  expect(await answer()).toBe(200)
  await controls.begin('cut')
  expect(controls.outage).toBeUndefined()
  expect(told).toEqual(['keys', 'over', 'wake'])
})

test('a Demo that does not take the order is an error that says so, and nothing is told to last', async () => {
  const server = createServer((_request, response) => response.writeHead(403).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { controls, told } = controlsOf({ endpointUrl: `http://127.0.0.1:${port}`, credentials: simulator.credentials })
  await expect(controls.begin('network')).rejects.toMatchObject({
    code: 'simulator-failed',
    message: 'The Demo did not take the order (it answered 403). Try again.',
  })
  await new Promise((resolve) => server.close(resolve))
  await expect(controls.begin('keys')).rejects.toMatchObject({ code: 'simulator-failed' })
  expect(told).toEqual([])
})
