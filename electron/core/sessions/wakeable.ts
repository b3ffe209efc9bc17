// The interface of everything that a wake reaches: sessions, tunnels, forwards and lists of instances.

/** An object that waits or runs, and that can be told to check its connection now. */
export interface Wakeable {
  /** Checks at once whether the connection still works, and ends a wait so that the next attempt begins now. Idempotent. */
  wake(): void
  /** Another session has just reached the service: ends a wait for the network or a login, and no other wait. */
  reached(): void
}
