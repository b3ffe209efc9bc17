// Version gates of the agent: what it derives from the ClientVersion of a handshake, and what its own version can do.
//
// Source: amazon-ssm-agent agent/session/plugins/port, agent/versionutil; specification §5.5.

// Part by part: numeric where both parts are, otherwise as text; the longer version wins a tie.
function compareVersions(left: string, right: string): number {
  const a = left.split('.')
  const b = right.split('.')
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const x = a[index] ?? ''
    const y = b[index] ?? ''
    if (/^\d+$/.test(x) && /^\d+$/.test(y)) {
      if (Number(x) !== Number(y)) return Number(x) - Number(y)
    } else if (x !== y) return x < y ? -1 : 1
  }
  return a.length - b.length
}

/** What an agent takes a client of this version to be able to do. */
export interface ClientFeatures {
  readonly mux: boolean
  readonly keepAliveDisabled: boolean
  readonly tooOldForSeparateOutput: boolean
}

/** Derives a client's features from the version it reports, as the agent does. Any text is accepted. */
export function clientFeatures(clientVersion: string): ClientFeatures {
  return {
    mux: compareVersions(clientVersion, '1.1.70') >= 0,
    keepAliveDisabled: compareVersions(clientVersion, '1.2.331.0') > 0,
    tooOldForSeparateOutput: compareVersions(clientVersion, '1.2.295') <= 0,
  }
}

/** What an agent of this version can do. */
export interface AgentFeatures {
  readonly mux: boolean
  /** Whether the agent leaves smux keepalives off for a client that does not need them. */
  readonly canDisableKeepAlive: boolean
}

/** Tells what a simulated agent of `agentVersion` (four numbers) does; the client draws the same line. */
export function agentFeatures(agentVersion: string): AgentFeatures {
  return {
    mux: compareVersions(agentVersion, '3.0.196.0') > 0,
    canDisableKeepAlive: compareVersions(agentVersion, '3.1.1511.0') > 0,
  }
}

/** Whether Systems Manager lets an agent of `agentVersion` forward to remote hosts. Source: Systems Manager user guide. */
export function forwardsToRemoteHosts(agentVersion: string): boolean {
  return compareVersions(agentVersion, '3.1.1374.0') >= 0
}
