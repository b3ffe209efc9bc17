// Version gates of the client: which features an agent of a given version is taken to have.
//
// Source: session-manager-plugin src/version/versionutil; specification §5.5.

/**
 * The version of AWS's plugin that Culvert reports as ClientVersion: it passes every gate of the agent, and Culvert's own version
 * would not. AWS refuses plugins below a minimum, 1.2.764.0 in October 2026: look at the page at each release of Culvert.
 * Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/plugin-version-history.html
 */
export const CLIENT_VERSION = '1.2.896.0'

/** Oldest agents that have a feature are strictly newer than these. */
export const AgentGate = {
  terminateFlag: '2.3.722.0',
  mux: '3.0.196.0',
  muxWithoutKeepAlive: '3.1.1511.0',
} as const

/**
 * Whether an agent is newer than `gate`. Both must have the same number of parts; parts are compared from the left as
 * integers and the first difference decides, so a part that is not a number counts only when it is reached.
 */
export function isAgentNewerThan(agentVersion: string, gate: string): boolean {
  const have = agentVersion.split('.')
  const want = gate.split('.')
  if (have.length !== want.length) return false
  for (const [index, part] of have.entries()) {
    if (!/^\d+$/.test(part)) return false
    const difference = Number(part) - Number(want[index])
    if (difference !== 0) return difference > 0
  }
  return false
}
