// The Demo's instances, and further ones that are generated. Data only.

/** The state of an instance's agent; "None": Systems Manager does not manage the instance. */
export type PingStatus = 'Online' | 'ConnectionLost' | 'None'

/** A machine of the Demo world. */
export interface WorldInstance {
  readonly id: string
  readonly kind: 'ec2' | 'hybrid'
  readonly tags: Readonly<Record<string, string>>
  readonly platform: 'Linux' | 'Windows'
  readonly platformName: string
  readonly platformVersion: string
  readonly state: 'running' | 'stopped' | 'shutting-down' | 'terminated'
  readonly pingStatus: PingStatus
  readonly agentVersion: string
  readonly privateIp: string
  readonly instanceType: string
  readonly zone: string
  /** The name of the attached instance profile; "": none. Default Host Management Configuration lets an agent do without. */
  readonly instanceProfile: string
  /** Epoch ms. */
  readonly launchedAt: number
}

const DAY_MS = 86_400_000
/** The Demo account's network; instances live above .16 of each subnet. */
export const VPC_CIDR = '10.20.0.0/16'

const NODE_PROFILE = 'demo-managed-node'
const AGENT = '3.3.1957.0'
const OLDER_AGENT = '3.3.987.0'
/** An agent from before multiplexing: basic port forwarding only. */
const BASIC_AGENT = '3.0.150.0'

// name, environment, role, team, and what differs from a running Linux machine with a current agent.
type Row = readonly [name: string, env: string, role: string, team: string, differences?: Partial<WorldInstance>]

const WINDOWS: Partial<WorldInstance> = {
  platform: 'Windows',
  platformName: 'Microsoft Windows Server 2022 Datacenter',
  platformVersion: '10.0.20348',
  instanceType: 'm6i.large',
}

const ROWS: readonly Row[] = [
  ['web-1', 'production', 'web', 'storefront'],
  ['web-2', 'production', 'web', 'storefront', { agentVersion: OLDER_AGENT }],
  ['checkout-api-1', 'production', 'api', 'payments'],
  ['orders-db-bastion', 'production', 'bastion', 'payments', { instanceType: 't4g.micro' }],
  ['search-indexer', 'production', 'worker', 'search', { pingStatus: 'ConnectionLost' }],
  ['reports-win-1', 'production', 'reporting', 'finance', WINDOWS],
  ['legacy-billing', 'production', 'billing', 'finance', { agentVersion: BASIC_AGENT, instanceType: 'm4.large' }],
  ['cache-warmer', 'production', 'worker', 'storefront', { instanceProfile: '' }],
  ['web-1', 'staging', 'web', 'storefront'],
  ['checkout-api-1-canary', 'staging', 'api', 'payments', { agentVersion: OLDER_AGENT }],
  ['orders-db-bastion-staging', 'staging', 'bastion', 'payments', { instanceType: 't4g.micro' }],
  ['load-generator', 'staging', 'load', 'platform', { state: 'stopped', pingStatus: 'None', instanceProfile: '' }],
  ['build-win-1', 'staging', 'build', 'platform', WINDOWS],
  [
    'warehouse-gateway',
    'production',
    'gateway',
    'logistics',
    { kind: 'hybrid', id: 'mi-0d5e3a9c71f84b620', instanceProfile: '' },
  ],
]

// A generated id that is the same at every start.
function idOf(index: number): string {
  const high = Math.imul(index + 1, 0x9e3779b1) >>> 0
  const low = Math.imul(index + 7, 0x85ebca6b) >>> 0
  return `i-0${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}`
}

function makeInstance(row: Row, index: number, now: number): WorldInstance {
  const [name, env, role, team, differences] = row
  return {
    id: idOf(index),
    kind: 'ec2',
    tags: { Name: name, Env: env, Role: role, Team: team },
    platform: 'Linux',
    platformName: 'Amazon Linux',
    platformVersion: '2023',
    state: 'running',
    pingStatus: 'Online',
    agentVersion: AGENT,
    privateIp: `10.20.${1 + (Math.floor(index / 200) % 200)}.${20 + (index % 200)}`,
    instanceType: 'm7g.large',
    zone: 'abc'.charAt(index % 3),
    instanceProfile: NODE_PROFILE,
    launchedAt: now - DAY_MS * (3 + ((index * 17) % 200)),
    ...differences,
  }
}

/** The tag by which EC2 Auto Scaling marks the instances of a group. Source: EC2 Auto Scaling user guide, "Tag Auto Scaling groups". */
export const GROUP_TAG = 'aws:autoscaling:groupName'

// Two Auto Scaling groups, whose instances have one Name each.
const GROUP_ROWS: readonly (readonly [group: string, row: Row])[] = [
  ...Array.from(
    { length: 3 },
    () => ['checkout-workers', ['checkout-worker', 'production', 'queue', 'payments']] as const,
  ),
  ...Array.from({ length: 2 }, () => ['search-api', ['search-api', 'staging', 'search', 'search']] as const),
]
/** Far from the others, whose ids must not move. */
const FIRST_OF_GROUPS = 500_000
const GROUP_SUBNET = 230

/** Makes an instance of an Auto Scaling group: the `serial`-th that the group service has launched. */
export function makeGroupInstance(tags: WorldInstance['tags'], serial: number, now: number): WorldInstance {
  const { Name = '', Env = '', Role = '', Team = '' } = tags
  const made = makeInstance([Name, Env, Role, Team], FIRST_OF_GROUPS + serial, now)
  const subnet = GROUP_SUBNET + (Math.floor(serial / 200) % 20)
  return { ...made, tags, privateIp: `10.20.${subnet}.${20 + (serial % 200)}`, launchedAt: now }
}

function makeGroups(now: number): WorldInstance[] {
  return GROUP_ROWS.map(([group, [Name, Env, Role, Team]], serial) => {
    const made = makeGroupInstance({ Name, Env, Role, Team, [GROUP_TAG]: group }, serial, now)
    return { ...made, launchedAt: now - DAY_MS * (1 + serial) }
  })
}

/** Makes the Demo's instances, and `extra` more. Only the dates depend on `now` (epoch ms). */
export function makeRoster(extra: number, now: number): WorldInstance[] {
  const more = Array.from({ length: extra }, (_, index): Row => {
    const env = index % 2 === 0 ? 'production' : 'staging'
    return [`fleet-${String(index + 1).padStart(4, '0')}`, env, 'worker', 'platform']
  })
  const made = [...ROWS, ...more].map((row, index) => makeInstance(row, index, now))
  return [...made.slice(0, ROWS.length), ...makeGroups(now), ...made.slice(ROWS.length)]
}
