import { expect, test } from 'vitest'
import { readMessageEndpoint } from './messageendpoint'

const read = (option?: string, variable?: string, inProfile?: string) =>
  readMessageEndpoint({
    option,
    env: variable === undefined ? {} : { CULVERT_SSMMESSAGES_ENDPOINT: variable },
    profile: { name: 'work', services: inProfile === undefined ? {} : { 'ssmmessages.endpoint_url': inProfile } },
  })

test('is the option, then the variable, then that of the profile, then none', () => {
  expect(read(undefined, 'https://variable.example', 'https://profile.example')).toBe('wss://variable.example')
  expect(read(undefined, undefined, 'https://profile.example')).toBe('wss://profile.example')
  expect(() => read(undefined, undefined, 'http://profile.example')).toThrow(/of the profile "work" is "http:/)
  expect(readMessageEndpoint({ option: undefined, env: {}, profile: undefined })).toBeUndefined()
  expect(read('https://option.example', 'https://variable.example')).toBe('wss://option.example')
  expect(read(undefined, 'https://variable.example:8443/')).toBe('wss://variable.example:8443')
  expect([read(), read(undefined, '')]).toEqual([undefined, undefined])
})

test('is a bare host or any scheme of the two, and unencrypted on loopback only', () => {
  expect(read('vpce-0abc.ssmmessages.eu-west-1.vpce.amazonaws.com')).toBe(
    'wss://vpce-0abc.ssmmessages.eu-west-1.vpce.amazonaws.com',
  )
  expect(read('gateway.example:8443')).toBe('wss://gateway.example:8443')
  expect(read('wss://gateway.example')).toBe('wss://gateway.example')
  expect(read('http://127.0.0.1:9000')).toBe('ws://127.0.0.1:9000')
  expect(read('ws://[::1]:9000')).toBe('ws://[::1]:9000')
  expect(() => read('http://gateway.example')).toThrow(expect.objectContaining({ code: 'usage' }))
  expect(() => read(undefined, 'ws://10.0.0.1')).toThrow(/^CULVERT_SSMMESSAGES_ENDPOINT is "ws:\/\/10.0.0.1"/)
})

test('has neither path nor query nor user name', () => {
  for (const text of [
    'https://h.example/v1',
    'https://h.example/?a=1',
    'https://u:p@h.example',
    'ftp://h.example',
    '::',
    '',
  ]) {
    expect(() => read(text), text).toThrow(expect.objectContaining({ code: 'usage' }))
  }
})
