// Chooses the mode of a port session by its document and its agent.
//
//   Properties.type absent            raw: one connection, its bytes are the session's bytes (AWS-StartSSHSession)
//   LocalPortForwarding, old agent    basic: one connection after the other, Flag 1 between them
//   LocalPortForwarding               mux: smux streams
//
// Source: specification §5.5, §8.1 to §8.5.

import type { ReadyChannel } from '../channel/handlers'
import { AgentGate, isAgentNewerThan } from '../codec/version'
import type { ChannelReady } from '../handshake/agreement'
import { BasicPort } from './basic'
import type { ReceiveBudget } from './budget'
import { Mux } from './mux'
import type { Port } from './port'
import { RawPort } from './raw'

/** Makes the port of a session whose channel is ready. It owns its connections; the channel stays the caller's. */
export function createPort(channel: ReadyChannel, ready: ChannelReady, budget: ReceiveBudget): Port {
  const agentVersion = ready.agentVersion ?? ''
  const canTerminateByFlag = isAgentNewerThan(agentVersion, AgentGate.terminateFlag)
  const write = (bytes: Buffer, done: () => void): void => channel.write(bytes, done)
  if (ready.properties['type'] !== 'LocalPortForwarding') return new RawPort({ write, budget, canTerminateByFlag })
  if (!isAgentNewerThan(agentVersion, AgentGate.mux)) return new BasicPort({ channel, budget, canTerminateByFlag })
  const sendKeepAlive = !isAgentNewerThan(agentVersion, AgentGate.muxWithoutKeepAlive)
  return new Mux({ write, budget, canTerminateByFlag, sendKeepAlive })
}
