import { expect, it } from 'vitest'
import { parseDoorOptions } from './options'

it('takes what a door is told, and leaves out what it is not told', () => {
  expect(parseDoorOptions([])).toEqual({ port: 0 })
  expect(parseDoorOptions(['--profile', 'p', '--region', 'eu-west-1'])).toEqual({
    port: 0,
    profile: 'p',
    region: 'eu-west-1',
  })
  expect(parseDoorOptions(['--demo', '--port', '8123'])).toEqual({ port: 8_123, demo: true })
  expect(parseDoorOptions(['--ssmmessages-endpoint', 'https://h.example'])).toEqual({
    port: 0,
    messageEndpoint: 'https://h.example',
  })
  expect(parseDoorOptions(['--no-open'])).toEqual({ port: 0, noOpen: true })
})

it('refuses words that are off with a usage error', () => {
  for (const words of [['--prot', '1'], ['--port', 'x'], ['--port', '70000'], ['extra']]) {
    expect(() => parseDoorOptions(words)).toThrow(expect.objectContaining({ code: 'usage' }))
  }
})
