// The clock that spans are measured by: retransmission, heartbeat, silence, round trip, how long something was tried.
//
// The clock on the wall may be set back or forward at any time. This one only runs forwards. Over a sleep of the computer it
// stands still on Linux and jumps on others, so it never tells how long a sleep was, and nothing may be lost by a jump.

/** Tells the time in ms since some fixed moment. Only differences mean something. */
export type MonotonicClock = () => number

/** The process's monotonic clock. */
export const monotonicNow: MonotonicClock = () => performance.now()
