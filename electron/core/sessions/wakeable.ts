// What every wait of the core can be told: look around now. Sessions, tunnels, forwards and lists are woken alike.

/** Something that waits or sleeps, and can be made to look around. */
export interface Wakeable {
  /** Looks at once whether the connection is still there, and tries at once what waits for its time. Idempotent. */
  wake(): void
  /** Another session has just reached the service: tries at once what waits for the network or a login, and nothing else. */
  reached(): void
}
