// Every vector that was made by running AWS's own plugin and agent, by id. The last test counts them: each of the 150 is used
// here or excluded with a reason.

import { afterEach, describe, expect, it, vi } from 'vitest'
import { CLIENT_VERSION } from '../electron/ssm/codec/version'
import { openAccount } from '../electron/aws/account'
import { startStandIn } from './kit/aws/awsstandin'
import { ReceiveBudget } from '../electron/ssm/port/budget'
import { encryptionContext, PayloadCipher } from '../electron/ssm/handshake/encryption'
import { encodeFrameHeader, FrameParser } from '../electron/ssm/codec/frame'
import { PayloadType } from '../electron/ssm/codec/message'
import { Mux } from '../electron/ssm/port/mux'
import { AgentGate, isAgentNewerThan } from '../electron/ssm/codec/version'
import { AgentKeys } from '../electron/simulator/agent/keys'
import { clientFeatures } from '../electron/simulator/agent/gates'
import { AppError } from '../shared/errors'
import { naiveOpen, naiveSeal } from './kit/wire/naivecipher'
import { parseSmux } from './kit/wire/transcripts'
import { agentVectors } from './kit/vectors/agent'
import { messageVectors } from './kit/vectors/messages'
import { multiplexedVectors } from './kit/vectors/multiplexed'
import { pluginVectors } from './kit/vectors/plugin'
import { idsOf, used, vector, vectors } from './kit/vectors/vectors'

/** Vectors that are not tested, and why. */
const excluded: Record<string, string> = {
  'reconnect-backoff-plugin': 'for reference only (vectors.md): we deliberately wait by time, not by six attempts',
  'reconnect-backoff-agent': 'the simulated agent is in the process of its service: its leg has no backoff yet',
  'agent-open-control-channel': 'no control channel: the simulated agent is in the process of its service',
  'agent-create-data-channel': 'no CreateDataChannel: the simulated agent is in the process of its service',
  'agent-open-data-channel': 'the simulated agent opens no socket of its own',
  'agent-task-complete': 'no control channel: the simulated agent is in the process of its service',
  'cross-check': 'a note about how the vectors were made',
  'plugin-upload-rate': 'a measurement of the reference on another machine; ours is in the benchmarks',
  'agent-mux-pacing': 'a measurement of the reference on another machine; ours is in the benchmarks',
}

afterEach(() => {
  vi.useRealTimers()
})

describe('encryption', () => {
  const dataKey = (): Buffer => Buffer.from(vector('kms-generate-data-key').plaintextHex, 'hex')

  /** The simulated agent's keys, with the reference's data key and random bytes. */
  function agentKeys(nonceHex: string, contexts: Readonly<Record<string, string>>[] = []): AgentKeys {
    const challenge = Buffer.from(vector('kms-agent-decrypt-context').randomChallenge, 'base64')
    return new AgentKeys(
      {
        kmsKeyId: vector('kms-generate-data-key').keyId,
        targetId: 'i-0123456789abcdef0',
        randomChallenge: 'offered',
        decrypt: (_blob, context) => {
          contexts.push(context)
          return dataKey()
        },
      },
      'session-id-fixed',
      (size) => (size === 12 ? Buffer.from(nonceHex, 'hex') : challenge),
    )
  }

  for (const id of idsOf('aes-gcm')) {
    it(`check 25: ${id} is sealed and opened by both halves and the naive one, each direction with its own key`, () => {
      const { keyHex, nonceHex, plaintextHex, ciphertextHex, direction } = vector(id)
      const [key, nonce, plain, sealed] = [keyHex, nonceHex, plaintextHex, ciphertextHex].map((hex) =>
        Buffer.from(hex, 'hex'),
      )
      const agent = agentKeys(nonceHex)
      agent.accept({ KMSCipherTextKey: 'AA==' })
      const client = new PayloadCipher(dataKey(), nonce)
      const [from, to] =
        direction === 'client-to-agent'
          ? [client.seal(plain!), agent.open(1, sealed!)]
          : [agent.seal(1, plain!), client.open(sealed!)]
      expect([from.toString('hex'), to.toString('hex')]).toEqual([ciphertextHex, plaintextHex])
      expect(naiveSeal(key!, nonce!, plain!).toString('hex')).toBe(ciphertextHex)
      expect(naiveOpen(key!, sealed!).toString('hex')).toBe(plaintextHex)
    })
  }

  it('aesgcm-nonce-carry: both halves count alike', () => {
    const { nonces } = vector('aesgcm-nonce-carry')
    const agent = agentKeys(nonces[0]!)
    agent.accept({ KMSCipherTextKey: 'AA==' })
    const client = new PayloadCipher(dataKey(), Buffer.from(nonces[0]!, 'hex'))
    const byte = Buffer.alloc(1)
    expect(nonces.map(() => agent.seal(1, byte).toString('hex', 0, 12))).toEqual(nonces)
    expect(nonces.map(() => client.seal(byte).toString('hex', 0, 12))).toEqual(nonces)
  })

  it('check 25: kms-agent-decrypt-context, with the challenge if it was acknowledged and without it if not', () => {
    const { contexts, randomChallenge } = vector('kms-agent-decrypt-context')
    const decrypted: Readonly<Record<string, string>>[] = []
    agentKeys('00'.repeat(12), decrypted).accept({ KMSCipherTextKey: 'AA==' })
    agentKeys('00'.repeat(12), decrypted).accept({ KMSCipherTextKey: 'AA==', ChallengeAcknowledgement: true })
    expect(decrypted).toEqual(contexts)
    const names = { sessionId: 'session-id-fixed', targetId: 'i-0123456789abcdef0' }
    expect([undefined, randomChallenge].map((challenge) => encryptionContext({ ...names, challenge }))).toEqual(
      contexts,
    )
  })

  it("kms-generate-data-key: KMS is asked as the plugin asks it, in the key's region", async () => {
    vi.useRealTimers()
    const {
      keyId,
      numberOfBytes,
      encryptionContext: context,
      ciphertextBlobBase64,
      plaintextHex,
    } = vector('kms-generate-data-key')
    const Plaintext = Buffer.from(plaintextHex, 'hex').toString('base64')
    await using kms = await startStandIn(() => ({ json: { CiphertextBlob: ciphertextBlobBase64, Plaintext } }))
    await using account = await openAccount({
      region: 'eu-central-1',
      endpointUrl: kms.url,
      credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
      env: {},
    })
    const request = { kmsKeyId: keyId, encryptionContext: context }
    const key = await account.generateDataKey(request, new AbortController().signal)
    expect(Buffer.from(key.plaintext).toString('hex')).toBe(plaintextHex)
    expect(Buffer.from(key.ciphertextBlob).toString('base64')).toBe(ciphertextBlobBase64)
    expect(kms.asked.map(({ action, input: body }) => [action, body])).toEqual([
      ['GenerateDataKey', { KeyId: keyId, NumberOfBytes: numberOfBytes, EncryptionContext: context }],
    ])
    expect(kms.asked[0]!.headers.authorization).toContain('/us-east-1/kms/aws4_request')
  })
})

describe('smux', () => {
  /** A multiplexer whose bytes are kept. */
  function openMux() {
    const sent: Buffer[] = []
    const mux = new Mux({
      write: (bytes, done) => {
        sent.push(bytes)
        done()
      },
      budget: new ReceiveBudget(),
      canTerminateByFlag: true,
      sendKeepAlive: false,
    })
    return { mux, bytes: () => Buffer.concat(sent) }
  }

  for (const id of idsOf('smux', ['smux-psh-split', 'smux-open-first', 'smux-open-second'])) {
    it(`check 31: ${id} is parsed and produced`, () => {
      const { hex, frames } = vector(id)
      const parsed = new FrameParser().push(Buffer.from(hex, 'hex'))
      expect(parsed.map((frame) => [frame.command, frame.streamId, frame.data.toString('hex')])).toEqual(
        frames.map((frame) => [frame.cmd, frame.streamId, frame.dataHex]),
      )
      const produced = parsed.map((frame) =>
        Buffer.concat([encodeFrameHeader(frame.command, frame.streamId, frame.data.length), frame.data]),
      )
      expect(Buffer.concat(produced).toString('hex')).toBe(hex)
    })
  }

  it('check 31: smux-open-first, smux-open-second: streams are opened as the reference opens them', () => {
    const { mux, bytes } = openMux()
    mux.open()
    mux.open()
    expect(bytes().toString('hex')).toBe(vector('smux-open-first').hex + vector('smux-open-second').hex)
    mux.destroy(new AppError('session-ended', ''))
  })

  it('check 31: smux-psh-split, smux-config: a long write becomes frames of at most 32,768 bytes', async () => {
    const { frames, totalBytes } = vector('smux-psh-split')
    const { mux, bytes } = openMux()
    mux.open()
    const stream = mux.open()
    const before = bytes().length
    await new Promise((resolve) => stream.write(Buffer.alloc(70_000), resolve))
    const sent = bytes().subarray(before)
    expect(sent.length).toBe(totalBytes)
    expect(parseSmux(sent).frames.map((frame) => [frame.cmd, frame.id, frame.data.length])).toEqual(
      frames.map((frame) => [frame.cmd, frame.streamId, frame.length]),
    )
    expect(Math.max(...parseSmux(sent).frames.map((frame) => frame.data.length))).toBe(
      vector('smux-config').maxFrameSize,
    )
    mux.destroy(new AppError('session-ended', ''))
  })

  for (const id of idsOf('smux-malformed')) {
    it(`${id} has the reference's error class`, () => {
      const { hex, acceptStreamResult } = vector(id)
      const { mux } = openMux()
      let error: unknown
      try {
        mux.receive(PayloadType.output, Buffer.from(hex, 'hex'))
      } catch (thrown) {
        error = thrown
      }
      if (acceptStreamResult === 'invalid protocol') expect((error as AppError).code).toBe('protocol')
      else expect(error).toBeUndefined()
      mux.destroy(new AppError('session-ended', ''))
    })
  }

  it('smux-closed-stream: a closed stream takes no more', async () => {
    vector('smux-closed-stream')
    const { mux, bytes } = openMux()
    const stream = mux.open()
    stream.destroy()
    const before = bytes().length
    const error = await new Promise((resolve) => stream.write('late', resolve))
    expect(error).toBeInstanceOf(Error)
    expect(bytes().length).toBe(before)
  })

  it('smux-remote-fin: what was buffered is read, then the end; late writes are not sent, for they would be dropped', async () => {
    const { firstRead } = vector('smux-remote-fin')
    const { mux, bytes } = openMux()
    const stream = mux.open()
    mux.receive(
      PayloadType.output,
      Buffer.concat([encodeFrameHeader(2, 3, firstRead.length), Buffer.from(firstRead), encodeFrameHeader(1, 3)]),
    )
    const before = bytes().length
    stream.write('late')
    const read: Buffer[] = []
    for await (const chunk of stream) read.push(chunk as Buffer)
    expect(Buffer.concat(read).toString()).toBe(firstRead)
    expect(bytes().length).toBe(before)
  })

  it('smux-keepalive-timeout: an idle session with keep-alives sends them every 10 s', () => {
    vector('smux-keepalive-timeout')
    vi.useFakeTimers()
    const sent: string[] = []
    const mux = new Mux({
      write: (bytes) => sent.push(bytes.toString('hex')),
      budget: new ReceiveBudget(),
      canTerminateByFlag: true,
      sendKeepAlive: true,
    })
    vi.advanceTimersByTime(vector('smux-config').keepAliveIntervalMs * 2)
    expect(sent).toEqual([vector('smux-nop').hex, vector('smux-nop').hex])
    mux.destroy(new AppError('session-ended', ''))
  })
})

describe('versions', () => {
  it('check 23: agent-version-gates: the gates on the agent version are the reference', () => {
    for (const row of vector('agent-version-gates').rows) {
      expect([
        row.agentVersion,
        isAgentNewerThan(row.agentVersion, AgentGate.terminateFlag),
        isAgentNewerThan(row.agentVersion, AgentGate.mux),
        isAgentNewerThan(row.agentVersion, AgentGate.muxWithoutKeepAlive),
      ]).toEqual([row.agentVersion, row.terminateFlag, row.mux, row.disableSmuxKeepAlive])
    }
  })

  it('check 22: client-version-gates: our version passes what the agent asks for', () => {
    for (const row of vector('client-version-gates').rows) {
      expect([row.clientVersion, clientFeatures(row.clientVersion)]).toEqual([
        row.clientVersion,
        {
          mux: row.mux,
          keepAliveDisabled: row.smuxKeepAliveDisabledByAgent,
          tooOldForSeparateOutput: row.oldForSeparateOutput,
        },
      ])
    }
    expect(clientFeatures(CLIENT_VERSION)).toEqual({
      mux: true,
      keepAliveDisabled: true,
      tooOldForSeparateOutput: false,
    })
  })
})

messageVectors()
pluginVectors()
agentVectors()
multiplexedVectors()

it('counts 150 vectors, each used or excluded with a reason, none both', () => {
  const ids = vectors.map((each) => each.id)
  expect(ids.length).toBe(150)
  expect(new Set(ids).size).toBe(150)
  expect(ids.filter((id) => !used.has(id) && excluded[id] === undefined)).toEqual([])
  expect(ids.filter((id) => used.has(id) && excluded[id] !== undefined)).toEqual([])
  expect(Object.keys(excluded).filter((id) => !ids.includes(id))).toEqual([])
})
