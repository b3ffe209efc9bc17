// The rules for frames on the clients' legs, and the lanes that apply them.

import { Dice } from './dice'
import { FaultTally } from './kinds'
import { Lane, type Effects } from './lane'
import { messageClassOf, messageTypeOf, type MessageClass } from './messageclass'
import { MALFORMATIONS, malformedTwin, type Malformation, type Parcel } from './malformed'

/** Towards the agent, or towards the client. */
export type Direction = 'up' | 'down'

/** A rule. An absent limit (session, direction, class) means all of them. */
export interface TrafficRule extends Effects {
  readonly session?: string | undefined
  readonly direction?: Direction | undefined
  readonly messageClass?: MessageClass | undefined
}

interface Twin {
  readonly session: string
  readonly how: Malformation | undefined
}

const NO_EFFECTS: readonly Effects[] = []

/** Where the frames of a session go. */
export interface Landing {
  deliver(parcel: Parcel): void
  onRoom(): void
}

/** All rules, and the random numbers and counts that all faults share. Owns no timers; its lanes own theirs. */
export class Traffic {
  readonly tally = new FaultTally()
  dice = new Dice(0)
  readonly #rules = new Set<TrafficRule>()
  #twins: Twin[] = []

  /** Adds a rule; returns a function that removes it. */
  add(rule: TrafficRule): () => void {
    this.#rules.add(rule)
    return () => this.#rules.delete(rule)
  }

  /** Lets the next frame to the client of `session` follow a malformed twin. */
  addTwin(session: string, how: Malformation | undefined): void {
    this.#twins.push({ session, how })
  }

  clear(): void {
    this.#rules.clear()
    this.#twins = []
  }

  /** Makes a lane of one leg of `session`. The caller stops it. */
  lane(session: string, direction: Direction, landing: Landing): Lane {
    const lane = new Lane({
      dice: () => this.dice,
      tally: this.tally,
      effectsOn: (frame) => this.#effectsOn(session, direction, frame),
      deliver: (parcel) => {
        const twin = direction === 'down' ? this.#takeTwin(session, parcel) : undefined
        if (twin !== undefined) landing.deliver(twin)
        landing.deliver(parcel)
      },
      onRoom: () => landing.onRoom(),
    })
    return lane
  }

  #effectsOn(session: string, direction: Direction, frame: Buffer): readonly Effects[] {
    if (this.#rules.size === 0) return NO_EFFECTS
    const messageClass = messageClassOf(frame)
    return [...this.#rules].filter(
      (rule) =>
        (rule.session ?? session) === session &&
        (rule.direction ?? direction) === direction &&
        (rule.messageClass ?? messageClass) === messageClass,
    )
  }

  #takeTwin(session: string, { frame, isText }: Parcel): Parcel | undefined {
    if (this.#twins.length === 0 || isText || messageTypeOf(frame) === '') return undefined
    const index = this.#twins.findIndex((twin) => twin.session === session)
    const twin = index === -1 ? undefined : this.#twins.splice(index, 1)[0]
    const how = twin?.how ?? this.dice.pick(MALFORMATIONS)
    if (twin === undefined || how === undefined) return undefined
    this.tally.add('malformed')
    return malformedTwin(frame, how)
  }
}
