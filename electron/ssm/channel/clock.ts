// The monotonic clock. It measures retransmission, heartbeat, silence, round trip and how long something was tried.
//
// The wall clock may be set back or forward at any time; this one only runs forwards. While the computer sleeps, it stands still on
// Linux and jumps on other systems. So it does not tell how long a sleep was, and a jump must not lose anything.

/** Returns the time in ms since some fixed moment. Only differences have a meaning. */
export type MonotonicClock = () => number

/** The process's monotonic clock. */
export const monotonicNow: MonotonicClock = () => performance.now()
