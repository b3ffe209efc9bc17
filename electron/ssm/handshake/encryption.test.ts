// An encrypted channel on a wire in memory: the key, the challenge, and what is refused.

import { randomBytes } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { openChannel } from '../../../e2e/kit/wire/channel'
import { acknowledgement, naiveDecode, output } from '../../../e2e/kit/wire/naive'
import { naiveOpen, naiveSeal } from '../../../e2e/kit/wire/naivecipher'
import { MemoryWire } from '../../../e2e/kit/wire/memory'
import { AppError } from '../../../shared/errors'
import type { DataKey } from '../../../shared/session'
import { KeyExchange } from './keyexchange'
import { PayloadType } from '../codec/message'
import {
  agree,
  challengeIn,
  challengeOf,
  COMPLETE,
  KEY,
  kmsRequest,
  NONCE,
  openEncrypted,
  responseOf,
  stageTime,
  toAgent,
  toClient,
  turn,
} from './encryption.kit'

stageTime()

describe('an encrypted channel', () => {
  it('check 25: asks for a key with the context of the session, with and without a random challenge', async () => {
    const names = { 'aws:ssm:SessionId': 'session-1', 'aws:ssm:TargetId': 'i-1' }
    const result = { KMSCipherTextKey: 'YmxvYg==', KMSCipherTextHash: null }
    for (const [challenge, context, actionResult] of [
      [undefined, names, result],
      ['', names, result],
      ['Y2g=', { ...names, 'aws:ssm:RandomChallenge': 'Y2g=' }, { ...result, ChallengeAcknowledgement: true }],
    ] as const) {
      const { channel, wire, asked, keys } = openEncrypted()
      wire.deliver(output(0, kmsRequest(challenge), 5))
      expect(wire.sent.map((message) => message.type)).toEqual(['acknowledge'])
      await turn()
      expect(asked).toEqual([{ kmsKeyId: 'alias/k', encryptionContext: context }])
      expect(responseOf(wire).ProcessedClientActions).toEqual([
        { ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' },
        { ActionType: 'KMSEncryption', ActionStatus: 1, ActionResult: actionResult, Error: '' },
      ])
      expect(responseOf(wire).Errors).toBeNull()
      expect(keys.map((key) => key.every((byte) => byte === 0))).toEqual([true])
      channel.close()
    }
  })

  it('check 25: answers the challenge, encrypts Output only, and reads Output, StdErr and ExitCode', async () => {
    const { channel, wire, log } = openEncrypted()
    channel.write(Buffer.from('early'), () => undefined)
    await agree(wire)
    const [, answer, early] = wire.inputs
    const sealed = challengeIn(answer!.payload)
    expect([answer!.payloadType, naiveOpen(toAgent, sealed).equals(Buffer.alloc(64, 5))]).toEqual([9, true])
    expect(naiveOpen(toAgent, early!.payload).toString()).toBe('early')
    expect(log.ready).toEqual([
      {
        sessionType: 'Standard_Stream',
        properties: {},
        agentVersion: '3.3.0.0',
        customerMessage: 'This session is encrypted using AWS KMS.',
      },
    ])
    channel.send(PayloadType.size, Buffer.from('{"cols":80,"rows":24}'))
    channel.send(PayloadType.flag, Buffer.from([0, 0, 0, 2]))
    channel.write(Buffer.alloc(1_024, 97), () => undefined)
    const [size, flag, data] = wire.inputs.slice(3)
    expect([size!.payload.toString(), flag!.payload.toString('hex')]).toEqual(['{"cols":80,"rows":24}', '00000002'])
    expect(data!.payload.length).toBe(1_024 + 28)
    expect(naiveOpen(toAgent, data!.payload).toString()).toBe('a'.repeat(1_024))
    for (const [index, payloadType] of [1, 11, 12].entries()) {
      wire.deliver(output(3 + index, naiveSeal(toClient, randomBytes(12), `type ${payloadType}`), payloadType))
    }
    // Nothing is nothing, also when it is encrypted.
    wire.deliver(output(6, naiveSeal(toClient, NONCE, ''), 1))
    wire.deliver(output(7, Buffer.from([0, 0, 0, 3]), 10))
    expect(log.data.map((each) => each.payload.toString('latin1'))).toEqual([
      'type 1',
      'type 11',
      'type 12',
      '\0\0\0\u0003',
    ])
    channel.close()
  })

  it('check 25: ends with encryption-failed where the agent has another key', async () => {
    const { wire, log } = openEncrypted()
    wire.deliver(output(0, kmsRequest(), 5))
    await turn()
    wire.deliver(output(1, challengeOf(Buffer.alloc(64), Buffer.alloc(32, 9)), 8))
    expect(log.failed.map((error) => error.code)).toEqual(['encryption-failed'])
    expect(log.failed[0]!.message).toContain('does not have the key')
    expect(wire.inputs.map((message) => message.payloadType)).toEqual([6])
    expect(wire.closedWith).toBe(1_000)
  })

  it('ends with encryption-failed at a payload that does not decrypt, and delivers nothing of it', async () => {
    for (const payload of [
      naiveSeal(Buffer.alloc(32, 9), NONCE, 'evil'),
      Buffer.from('plain text'),
      Buffer.alloc(28),
    ]) {
      const { wire, log } = openEncrypted()
      await agree(wire)
      wire.deliver(output(3, payload))
      expect([log.failed.map((error) => error.code), log.data]).toEqual([['encryption-failed'], []])
    }
  })

  it('lets nobody talk it out of the encryption: no data and no completion before the challenge is answered', async () => {
    for (const [payload, payloadType] of [
      [COMPLETE, 7],
      ['$ ', 1],
      [Buffer.from([0, 0, 0, 3]), 10],
    ] as const) {
      for (const hasKey of [false, true]) {
        const { channel, wire, log } = openEncrypted()
        channel.write(Buffer.from('secret'), () => undefined)
        wire.deliver(output(0, kmsRequest(), 5))
        if (hasKey) await turn()
        wire.deliver(output(1, payload, payloadType))
        await turn()
        expect([log.failed.map((error) => error.code), log.ready, log.data]).toEqual([['protocol'], [], []])
        expect(wire.inputs.map((message) => message.payloadType)).toEqual(hasKey ? [6] : [])
      }
    }
  })

  it('answers one challenge and no second one, which could turn output into input', async () => {
    const { wire, log } = openEncrypted()
    await agree(wire)
    wire.deliver(output(3, challengeOf(Buffer.from('rm -rf /')), 8))
    expect(log.failed.map((error) => error.code)).toEqual(['protocol'])
    expect(wire.inputs.filter((message) => message.payloadType === 9).length).toBe(1)
    const plain = openChannel()
    plain.wire.deliver(output(0, '$ '))
    plain.wire.deliver(output(1, challengeOf(Buffer.alloc(64)), 8))
    expect(plain.log.failed.map((error) => error.code)).toEqual(['protocol'])
  })

  it('tells the agent and its owner when the key is denied', async () => {
    const denied = new AppError('access-denied', 'You may not perform kms:GenerateDataKey: ask.')
    const { wire, log } = openEncrypted(() => Promise.reject(denied))
    wire.deliver(output(0, kmsRequest(), 5))
    await turn()
    expect(log.failed).toEqual([denied])
    expect(responseOf(wire).ProcessedClientActions.map((each) => each.ActionStatus)).toEqual([1, 2])
    expect(responseOf(wire).Errors).toEqual(['the client could not get a data key'])
    expect(wire.inputs[0]!.payload.toString()).not.toContain('GenerateDataKey')
  })

  it('gives a slow KMS 12 s, which is before the agent gives up', async () => {
    let reason: unknown
    const { wire, log } = openEncrypted(
      (_request, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason
            reject(signal.reason as Error)
          })
        }),
    )
    wire.deliver(output(0, kmsRequest(), 5))
    await vi.advanceTimersByTimeAsync(11_900)
    expect(log.failed).toEqual([])
    await vi.advanceTimersByTimeAsync(200)
    expect(log.failed).toEqual([reason])
    expect(log.failed[0]).toMatchObject({ code: 'timeout', message: expect.stringContaining('KMS') })
  })

  it('that is closed aborts the call, and zeroes and forgets a key that comes too late', async () => {
    let give: (key: DataKey) => void = () => undefined
    let aborted = false
    const { channel, wire, log } = openEncrypted((_request, signal) => {
      signal.addEventListener('abort', () => {
        aborted = true
      })
      return new Promise((resolve) => {
        give = resolve
      })
    })
    wire.deliver(output(0, kmsRequest(), 5))
    channel.close()
    const plaintext = Buffer.from(KEY)
    give({ ciphertextBlob: Buffer.from('blob'), plaintext })
    await turn()
    expect([aborted, plaintext.equals(Buffer.alloc(64)), wire.inputs, log.failed]).toEqual([true, true, [], []])
  })

  it('takes no key into a session that is over, so that none is left unzeroed', async () => {
    const keys = new KeyExchange({
      sessionId: 'session-1',
      targetId: 'i-1',
      requestDataKey: () => Promise.resolve({ ciphertextBlob: Buffer.from('blob'), plaintext: Buffer.from(KEY) }),
    })
    const outcome = keys.obtain({ kmsKeyId: 'k', challenge: undefined })
    keys.destroy()
    expect(await outcome).toMatchObject({ kind: 'failed', error: { code: 'session-ended' } })
  })

  it('keeps its handshake and its keys over sockets, and sends again what it sent, byte for byte', async () => {
    let give: () => void = () => undefined
    const { channel, wire, log } = openEncrypted(
      () =>
        new Promise((resolve) => {
          give = () => resolve({ ciphertextBlob: Buffer.from('blob'), plaintext: Buffer.from(KEY) })
        }),
    )
    wire.deliver(output(0, kmsRequest(), 5))
    wire.drop()
    give()
    await turn()
    const second = new MemoryWire()
    channel.attach(second, 'token-2')
    expect(second.inputs.map((message) => message.payloadType)).toEqual([6])
    second.deliver(acknowledgement(0))
    second.deliver(output(1, challengeOf(Buffer.alloc(64)), 8))
    second.deliver(output(2, COMPLETE, 7))
    channel.write(Buffer.from('one'), () => undefined)
    await turn()
    second.drop()
    channel.write(Buffer.from('two'), () => undefined)
    const third = new MemoryWire()
    channel.attach(third, 'token-3')
    const streamOf = (each: MemoryWire) =>
      each.frames
        .filter((frame) => naiveDecode(frame).type === 'input_stream_data')
        .map((frame) => frame.toString('hex'))
    expect(streamOf(third).slice(0, 2)).toEqual(streamOf(second).slice(1, 3))
    expect(third.inputs.slice(1).map((message) => naiveOpen(toAgent, message.payload).toString())).toEqual([
      'one',
      'two',
    ])
    third.deliver(output(3, naiveSeal(toClient, NONCE, 'back')))
    expect(log.data.map((each) => each.payload.toString())).toEqual(['back'])
    channel.close()
  })

  it('encrypts a port session too, should an agent ask for it', async () => {
    const { channel, wire, log } = openEncrypted()
    wire.deliver(output(0, kmsRequest('Y2g=', 'Port'), 5))
    await turn()
    wire.deliver(output(1, challengeOf(Buffer.alloc(64)), 8))
    wire.deliver(output(2, COMPLETE, 7))
    expect(log.ready.map((ready) => ready.sessionType)).toEqual(['Port'])
    channel.write(Buffer.from([0x0a]), () => undefined)
    await turn()
    expect(naiveOpen(toAgent, wire.inputs.at(-1)!.payload).toString('hex')).toBe('0a')
    channel.close()
  })

  it('refuses an encryption that it does not know, and a request without a key', () => {
    for (const [actionType, code] of [
      ['QuantumEncryption', 'encryption-unsupported'],
      ['KMSEncryption', 'protocol'],
    ] as const) {
      const { wire, log } = openEncrypted()
      const actions = [{ ActionType: actionType, ActionParameters: {} }]
      wire.deliver(output(0, JSON.stringify({ AgentVersion: '3.3.0.0', RequestedClientActions: actions }), 5))
      expect(log.failed.map((error) => error.code)).toEqual([code])
    }
  })
})
