// Which plugin runs a session: the shell, a command or a port, as the document and the versions decide.

import { PortPlugin } from '../ports/basic'
import { CommandPlugin } from '../shells/command'
import { agentFeatures, clientFeatures } from './gates'
import { MuxPlugin } from '../ports/mux'
import type { Plugin, PluginSession, SessionPlan } from './plugin'
import { TerminalPlugin } from '../shells/terminal'

const LOCAL_PORT_FORWARDING = 'LocalPortForwarding'

function startPort(properties: Readonly<Record<string, string>>, session: PluginSession): Plugin {
  const isForwarding = properties['type'] === LOCAL_PORT_FORWARDING
  const destination = { host: properties['host'] || undefined, port: Number(properties['portNumber'] ?? '') }
  const agent = agentFeatures(session.agentVersion)
  const client = clientFeatures(session.clientVersion)
  if (isForwarding && agent.mux && client.mux) {
    const hasKeepAlive = !(agent.canDisableKeepAlive && client.keepAliveDisabled)
    return new MuxPlugin(session, { destination, hasKeepAlive })
  }
  return new PortPlugin(session, { destination, mode: isForwarding ? 'basic' : 'raw' })
}

/** Starts the plugin of a plan. It begins by itself and ends the session through `session.finish`. */
export function startPlugin(plan: SessionPlan, session: PluginSession): Plugin {
  switch (plan.kind) {
    case 'shell':
      return new TerminalPlugin(session, undefined)
    case 'interactive-command':
      return new TerminalPlugin(session, plan.command)
    case 'command':
      return new CommandPlugin(session, plan)
    case 'port':
      return startPort(plan.properties, session)
  }
}
