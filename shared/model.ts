// The data that every room, host and window speaks of. Plain and readonly; units are in the names.

import type { WireError } from './errors'

/** Where an instance's SSM agent stands. */
export type AgentStatus =
  | { readonly kind: 'online' }
  /** Managed, but its agent does not answer. `lastPingAt` is epoch ms. */
  | { readonly kind: 'offline'; readonly lastPingAt?: number }
  /** EC2 knows the machine, SSM does not: no agent, no role, or no way to reach the service. */
  | { readonly kind: 'unmanaged' }

/** A machine that a session can be opened on, merged from EC2 and SSM. */
export interface Instance {
  /** `i-…` for EC2, `mi-…` for a hybrid node. */
  readonly id: string
  readonly kind: 'ec2' | 'hybrid'
  /** The Name tag, else the computer's name, else "". Not unique. */
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly platform: 'linux' | 'windows' | 'macos' | 'unknown'
  /** EC2's word (running, stopped, …); "running" for a hybrid node. */
  readonly state: string
  readonly agent: AgentStatus
  readonly agentVersion?: string
  readonly privateIp?: string
}

/** Who we are at AWS. */
export interface Identity {
  readonly accountId: string
  readonly arn: string
}

/** Names an environment: the Demo, or an AWS profile in a region. What is absent is what the AWS files and variables say. */
export type EnvironmentRef =
  | { readonly kind: 'demo' }
  | { readonly kind: 'aws'; readonly profile?: string; readonly region?: string }

/** The sign-in of an environment has ended, or there never was one. `sinceAt`: when that was learnt, epoch ms. */
export interface LoginEnd {
  readonly sinceAt: number
  readonly error: WireError
}

/** What an environment without a profile's name stands for. */
export interface AmbientProfile {
  /** "Environment variables", or the profile that AWS_PROFILE names, or "default". */
  readonly name: string
  /** Whether credentials come from environment variables of Culvert's process: no profile of the AWS files then. */
  readonly isVariables: boolean
}

/** The environment that the windows show. */
export interface EnvironmentView {
  readonly ref: EnvironmentRef
  /** "Demo", or the profile's name, or what stands for it (`ambient`). */
  readonly name: string
  readonly ambient?: AmbientProfile
  /** "" until it is known. */
  readonly region: string
  readonly identity?: Identity
  readonly state:
    | { readonly kind: 'opening' }
    | { readonly kind: 'open' }
    | { readonly kind: 'failed'; readonly error: WireError }
  /** Present in the Demo once it is open: whether its shells are shells of this computer, or only pretend. */
  readonly hasRealShells?: boolean
  /** What a person has let happen to the Demo, while it lasts. */
  readonly outage?: DemoOutage
  /** Present from when a list, a forward or a terminal learns that the sign-in has ended until a call is answered again. */
  readonly login?: LoginEnd
}

/** An outage of the Demo that a person can try: its connections cut, a minute without network, keys that expire. */
export type OutageKind = 'cut' | 'network' | 'keys'

/** An outage of the Demo that lasts. Times are epoch ms. */
export type DemoOutage =
  | { readonly kind: 'network'; readonly endsAt: number }
  /** Until somebody logs in to the Demo. */
  | { readonly kind: 'keys'; readonly sinceAt: number }

/** A profile that the AWS files have. */
export interface ProfileChoice {
  readonly name: string
  /** Absent: the profile names none. */
  readonly region?: string
}

/** The instances of the shown environment, as far as they are known. A failed refresh keeps what was there before. */
export interface InstanceList {
  readonly state:
    | { readonly kind: 'loading' }
    | { readonly kind: 'ready' }
    /** `retryAt`, epoch ms: Culvert lists again by itself then, or does so since then. Absent: a person must act. */
    | { readonly kind: 'failed'; readonly error: WireError; readonly retryAt?: number }
  readonly items: readonly Instance[]
  /** Epoch ms of the last complete listing. */
  readonly listedAt?: number
  /** What could not be asked for, as sentences. */
  readonly notices: readonly string[]
}

/** Which instance a forward goes through. A name is looked up at each start; several that bear it are an error. */
export type ForwardTarget =
  | { readonly kind: 'id'; readonly instanceId: string }
  | { readonly kind: 'name'; readonly name: string }

/** A saved forward. */
export interface Forward {
  readonly id: string
  /** Unique in its data directory; `culvert up NAME` goes by it. */
  readonly name: string
  readonly environment: EnvironmentRef
  readonly target: ForwardTarget
  readonly remotePort: number
  /** Resolved and dialled by the instance. Absent: the instance itself. */
  readonly remoteHost?: string
  /** Absent until the first start has chosen one, which is then kept. */
  readonly localPort?: number
  readonly startAtLaunch: boolean
  /** Counted from when it is turned on; then it is turned off by itself. Absent: it stays on. */
  readonly expiresAfterMinutes?: number
  /** How many local connections it takes at a time. Absent: any number. */
  readonly maxConnections?: number
}

/** How long a session may still live, as far as it is known. Times are epoch ms. */
export interface TimeLeft {
  /** When it reaches the account's maximum duration. Absent: there is none. */
  readonly endsAt?: number
  /** When it idles out if nothing passes until then. Absent: something has passed within the last minute. */
  readonly idleEndsAt?: number
}

/** How a forward stands. Each state carries its own data; all times are epoch ms. */
export type TunnelState =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  | ({ readonly kind: 'up'; readonly sinceAt: number; readonly sessionId: string } & TimeLeft)
  /** `retryAt` absent: an attempt is under way. */
  | {
      readonly kind: 'reconnecting'
      readonly via: 'resume' | 'restart'
      readonly attempt: number
      readonly sinceAt: number
      readonly retryAt?: number
      readonly cause: WireError
    }
  /** The listener is kept; it goes on by itself once the thing is there. */
  | {
      readonly kind: 'waiting'
      readonly for: 'login' | 'network' | 'instance' | 'port'
      readonly sinceAt: number
      readonly retryAt?: number
      readonly cause: WireError
    }
  /** Retrying cannot mend it: a person must act. */
  | { readonly kind: 'failed'; readonly sinceAt: number; readonly error: WireError }

/** Something that happened to a forward which its state does not tell. */
export type TunnelEvent =
  | { readonly kind: 'connection-opened'; readonly connectionId: number }
  | {
      readonly kind: 'connection-closed'
      readonly connectionId: number
      readonly bytesUp: number
      readonly bytesDown: number
    }
  | { readonly kind: 'connection-failed'; readonly connectionId: number; readonly error: WireError }
  /** Its first byte came from the destination, or the destination closed it in order. Once for each connection. */
  | { readonly kind: 'connection-answered'; readonly connectionId: number }
  | { readonly kind: 'resumed'; readonly pausedMs: number; readonly connectionsKept: number }
  /** The session was gone; a new one runs on the same port. */
  | {
      readonly kind: 'restarted'
      readonly pausedMs: number
      readonly connectionsLost: number
      readonly cause: WireError
    }
  /** Said once where a loopback address could not be bound. */
  | { readonly kind: 'notice'; readonly text: string }

/** What a forward has carried and how well, since it was turned on. Rates are over the last few seconds. */
export interface Health {
  /** To the agent and back; absent before anything was measured. */
  readonly roundTripMs?: number
  readonly bytesUp: number
  readonly bytesDown: number
  readonly bytesUpPerSecond: number
  readonly bytesDownPerSecond: number
  readonly retransmissions: number
  /** How many sessions it has taken so far. */
  readonly sessionsUsed: number
  /** Bytes per second, both ways together, every 3 s, oldest first: the last two minutes. */
  readonly history: readonly number[]
}

/** One leg of the way from here to a destination, as "Check now" has found it. */
export interface CheckedLeg {
  readonly leg: 'network' | 'service' | 'agent' | 'destination'
  /** `unknown`: not reached, or not to be tried. */
  readonly outcome: 'ok' | 'failed' | 'unknown'
  readonly tookMs?: number
  readonly error?: WireError
}

/** The session of a forward is up, and its destination is not reached. `sinceAt`: the first failure, epoch ms. */
interface DestinationFault {
  readonly sinceAt: number
  /** Of the newest failure. */
  readonly error: WireError
}

/** A saved forward and how it stands now. */
export interface ForwardView {
  readonly forward: Forward
  /** What the person wants; `state` is what is. */
  readonly isOn: boolean
  readonly state: TunnelState
  /** The port that is bound, else the saved one, else 0. */
  readonly localPort: number
  /** The instance that it goes through, once it was looked up. */
  readonly instance?: { readonly id: string; readonly name: string }
  readonly openConnections: number
  /** The newest connection that could not be carried since the forward was started. */
  readonly lastError?: { readonly at: number; readonly error: WireError }
  /** Present from a connection or check that failed until one succeeds, while the forward is on. */
  readonly destination?: DestinationFault
  /** Present where it speaks HTTP and no person has read yet that web pages can reach its local port. */
  readonly isPagesNoteDue?: true
  /** Epoch ms when it is turned off by its own limit; present while it is on and has one. */
  readonly expiresAt?: number
  /** Why it was turned off, where no person did; gone once it is turned on again. */
  readonly endedBy?: WireError
  /** Epoch ms when it was up last: the end of that, kept over restarts. While it is up: some moment of that. Absent: never. */
  readonly lastUpAt?: number
  /** Present while it is on and has been up. */
  readonly health?: Health
}

/** Columns and rows of a terminal. */
export interface TerminalSize {
  readonly cols: number
  readonly rows: number
}

/** A colour that an environment can have; the tokens say how it looks in each theme. */
export type Hue = 'blue' | 'teal' | 'green' | 'olive' | 'orange' | 'red' | 'pink' | 'purple'

/** A terminal, kept until a person closes it. */
export interface TerminalView {
  readonly id: string
  readonly instance: { readonly id: string; readonly name: string }
  /** Where its sessions are opened, and what that is called. */
  readonly environment: EnvironmentRef
  readonly environmentName: string
  /** What the instance was told. */
  readonly size: TerminalSize
  /** The window whose screen has this size and answers what programs ask their terminal. Absent: no window does. */
  readonly heldBy?: string
  readonly state:
    | { readonly kind: 'connecting' }
    | ({ readonly kind: 'open' } & TimeLeft)
    | {
        readonly kind: 'reconnecting'
        readonly sinceAt: number
        readonly attempt: number
        /** Absent: an attempt is under way. */
        readonly retryAt?: number
        /** What has to be there before an attempt can succeed. */
        readonly waitsFor?: 'login' | 'network'
        readonly cause: WireError
      }
    /** `text` is why, as a sentence; "" where its program ended. With `error` it failed rather than ended. */
    | { readonly kind: 'ended'; readonly at: number; readonly text: string; readonly error?: WireError }
}

/** What a person has set. Kept in the data directory. */
export interface Settings {
  readonly theme: 'system' | 'light' | 'dark'
  readonly density: 'comfortable' | 'compact'
  /** The tag by which instances are grouped; "" for none. */
  readonly groupTag: string
  /** The environment shown last. */
  readonly environment?: EnvironmentRef
  /** Whether closing the last window leaves Culvert running in the tray. */
  readonly keepRunning: boolean
  /** Whether a start turns on the forwards and shows the terminals that there were when Culvert last ended. */
  readonly restoreAtLaunch: boolean
  /** How long a local connection that comes during an outage is held before it is refused. */
  readonly holdSeconds: number
  /** How long a session that has lost its connection is tried to be resumed; then a new one takes its place. */
  readonly resumeMinutes: number
  /** How often Session Manager is pinged, and after how long without any answer the connection counts as dead. */
  readonly pingSeconds: number
  readonly deadSeconds: number
  /** The font of terminals; "" for the one that comes with Culvert. Where it is not installed that one is taken, too. */
  readonly terminalFont: string
  /** In px. */
  readonly terminalFontSize: number
  /** How many lines a terminal keeps above its screen. */
  readonly scrollbackLines: number
  /** Whether closing a terminal whose session runs asks first. */
  readonly askBeforeClosing: boolean
  /** The colours that a person gave to environments, by their names; the others have one that follows from the name. */
  readonly environmentHues: Readonly<Record<string, Hue>>
}

/** Something to know that belongs to no row: shown until it is dismissed. */
export interface Notice {
  readonly id: string
  readonly tone: 'idle' | 'waiting' | 'failed'
  /** The cause in a few words. */
  readonly title: string
  /** What Culvert did and what a person can do. */
  readonly text: string
}

/** Something that only a person can answer: the code that the device `serial` shows for `profile`. Never holds the answer. */
export interface Question {
  readonly id: string
  readonly kind: 'mfa'
  readonly profile: string
  /** An ARN, or a device's serial number. */
  readonly serial: string
  /** AWS has refused the code that was entered before. */
  readonly isRepeated: boolean
}

/** What a journal entry is about. */
export type JournalSubject =
  | { readonly kind: 'app' }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'forward'; readonly id: string; readonly name: string }
  | { readonly kind: 'terminal'; readonly id: string; readonly name: string }

/** One line of the journal. Never holds a secret. */
export interface JournalEntry {
  /** Ascending; larger means later, also over restarts. */
  readonly id: number
  /** Epoch ms. */
  readonly at: number
  readonly tone: 'idle' | 'working' | 'up' | 'waiting' | 'failed'
  readonly subject: JournalSubject
  /** What happened, to be read behind the subject's name: "is up on localhost:5432". A whole sentence for the app. */
  readonly text: string
  readonly error?: WireError
  /** Further facts by their names: "Session", "Instance". */
  readonly facts?: Readonly<Record<string, string>>
}

/** The whole state, as one window is told it first. */
export interface WindowSnapshot extends Snapshot {
  /** What `heldBy` calls this window. New with each connection to the core. */
  readonly windowId: string
}

/** What runs, and where it keeps its files. */
export interface About {
  readonly version: string
  /** The path of the data directory on the computer where Culvert runs. */
  readonly dataDirectory: string
}

/** The whole state that a window mirrors. The journal is asked for on its own. */
export interface Snapshot {
  readonly about: About
  readonly environment: EnvironmentView
  readonly profiles: readonly ProfileChoice[]
  readonly instances: InstanceList
  readonly forwards: readonly ForwardView[]
  readonly terminals: readonly TerminalView[]
  readonly settings: Settings
  readonly notices: readonly Notice[]
  readonly questions: readonly Question[]
}
