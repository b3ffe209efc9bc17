import { describe, expect, it } from 'vitest'
import type { AppError } from '../../shared/errors'
import { streamAddress } from './streamurl'

const path = '/v1/data-channel/s-1?role=publish_subscribe&cell-number=a+b/c='

function verdict(url: string, region = 'us-east-1', endpointUrl?: string): string {
  try {
    streamAddress(url, { region, endpointUrl })
    return 'accepted'
  } catch (error) {
    return (error as AppError).code
  }
}

describe('a stream URL', () => {
  it('is accepted on every kind of Session Manager host of the partition', () => {
    for (const [host, region] of [
      ['ssmmessages.us-east-1.amazonaws.com', 'us-east-1'],
      ['ssmmessages.eu-west-3.amazonaws.com', 'us-east-1'],
      ['ssmmessages-fips.us-east-1.amazonaws.com', 'us-east-1'],
      ['ssmmessages.us-east-1.api.aws', 'us-east-1'],
      ['ssmmessages-fips.us-east-1.api.aws', 'us-east-1'],
      ['vpce-0a1b-2c3d.ssmmessages.us-east-1.vpce.amazonaws.com', 'us-east-1'],
      ['vpce-0a1b-2c3d-us-east-1a.ssmmessages.us-east-1.vpce.amazonaws.com', 'us-east-1'],
      ['ssmmessages.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
      ['ssmmessages.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
      ['ssmmessages.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
      ['ssmmessages.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1'],
      ['ssmmessages.us-isob-east-1.api.aws.scloud', 'us-isob-east-1'],
    ] as const) {
      expect([host, verdict(`wss://${host}${path}`, region)]).toEqual([host, 'accepted'])
    }
  })

  it('is refused on any other host, without encryption, or with a user name', () => {
    for (const url of [
      `wss://evil.example${path}`,
      `wss://ssmmessages.us-east-1.amazonaws.com.evil.example${path}`,
      `wss://evilssmmessages.us-east-1.amazonaws.com${path}`,
      `wss://ssm.us-east-1.amazonaws.com${path}`,
      `wss://ssmmessages.us-east-1.amazonaws.com@evil.example${path}`,
      `wss://user@ssmmessages.us-east-1.amazonaws.com${path}`,
      `ws://ssmmessages.us-east-1.amazonaws.com${path}`,
      `https://ssmmessages.us-east-1.amazonaws.com${path}`,
      `wss://ssmmessages.cn-north-1.amazonaws.com.cn${path}`,
      `wss://127.0.0.1${path}`,
      `ws://127.0.0.1:8080${path}`,
      'not a url',
      '',
    ]) {
      expect([url, verdict(url)]).toEqual([url, 'stream-url-refused'])
    }
  })

  it('is accepted on the hosts of the partition whatever endpoint is set, and on the host of that endpoint', () => {
    const endpoint = 'https://vpce-1-x.ssm.us-east-1.vpce.amazonaws.com'
    expect(verdict(`wss://ssmmessages.us-east-1.amazonaws.com${path}`, 'us-east-1', endpoint)).toBe('accepted')
    expect(verdict(`wss://vpce-1-x.ssm.us-east-1.vpce.amazonaws.com${path}`, 'us-east-1', endpoint)).toBe('accepted')
    expect(verdict(`ws://127.0.0.1:9000${path}`, 'us-east-1', 'http://127.0.0.1:9000')).toBe('accepted')
    expect(verdict(`ws://[::1]:9000${path}`, 'us-east-1', 'http://[::1]:9000')).toBe('accepted')
    expect(verdict(`ws://gateway.internal${path}`, 'us-east-1', 'http://gateway.internal')).toBe('stream-url-refused')
    expect(verdict(`wss://other.internal${path}`, 'us-east-1', 'https://gateway.internal')).toBe('stream-url-refused')
  })

  it('has its scheme, host and port replaced, and not a byte of its path and query', () => {
    const replaced = (url: string, messageEndpoint: string) =>
      streamAddress(url, { region: 'us-east-1', endpointUrl: undefined, messageEndpoint })
    const odd = '/v1/data-channel/ann@x-1?role=p&cell-number=a+b/c=%2b%20$&$1'
    const vpce = 'wss://vpce-1-x.ssmmessages.us-east-1.vpce.amazonaws.com'
    expect(replaced(`wss://ssmmessages.us-east-1.amazonaws.com${odd}`, vpce)).toBe(`${vpce}${odd}`)
    expect(replaced(`wss://anything.example:8443${odd}`, 'ws://127.0.0.1:9000')).toBe(`ws://127.0.0.1:9000${odd}`)
    for (const url of [
      'not a url',
      `https://h.example${odd}`,
      `wss://u@h.example${odd}`,
      `wss:\\\\h.example${odd}`,
      `wss:h.example${odd}`,
    ]) {
      expect(() => replaced(url, vpce), url).toThrow(expect.objectContaining({ code: 'stream-url-refused' }))
    }
  })

  it('on loopback is refused where the endpoint that the user set is another host: this computer is not that endpoint', () => {
    for (const endpoint of [
      'https://vpce-1-x.ssm.us-east-1.vpce.amazonaws.com',
      'https://gateway.internal',
      'http://127.0.0.1.evil.example',
      'http://localhost.evil.example',
      'not a url',
    ]) {
      for (const host of ['127.0.0.1', '127.9.9.9:8080', 'localhost:9000', '[::1]:9000']) {
        for (const scheme of ['ws', 'wss']) {
          const url = `${scheme}://${host}${path}`
          expect([endpoint, url, verdict(url, 'us-east-1', endpoint)]).toEqual([endpoint, url, 'stream-url-refused'])
        }
      }
    }
  })

  it('on loopback is accepted for every way to write an endpoint on loopback, on any port', () => {
    for (const endpoint of [
      'http://127.0.0.1:4566',
      'http://127.1.2.3',
      'https://localhost:4566',
      'http://ssm.localhost:4566',
      'http://localhost.:4566',
      'http://[::1]:4566',
    ]) {
      for (const host of ['127.0.0.1:9000', 'localhost:9000', '[::1]:9000']) {
        expect([endpoint, host, verdict(`ws://${host}${path}`, 'us-east-1', endpoint)]).toEqual([
          endpoint,
          host,
          'accepted',
        ])
      }
    }
  })

  it('is not repeated at any length in the error', () => {
    const host = 'a.'.repeat(100_000)
    expect(() => streamAddress(`wss://${host}example${path}`, { region: 'us-east-1', endpointUrl: undefined })).toThrow(
      /^.{1,1000}$/,
    )
  })
})
