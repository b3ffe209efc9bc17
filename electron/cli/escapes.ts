// The escape sequences of `culvert shell`, like ssh's: they act here and are not sent to the instance.
//
//   Enter ~ .   leaves the shell            Enter ~ ~   types one ~
//   Enter ~ ?   lists these                 Enter ~ x   types ~x
//
// An Enter is a CR or LF. The first key of a session counts as one behind an Enter. A ~ is held until the next key says what it
// means, so a ~ typed after Enter shows with the key behind it. Pure. Source: OpenSSH clientloop.c, process_escapes.

const TILDE = 0x7e
const DOT = 0x2e
const QUESTION_MARK = 0x3f
const ENTERS = [0x0d, 0x0a]

/** The list for a person; lines end as in a raw terminal. */
export const ESCAPES_LIST =
  '~?\r\nEscape sequences, each after Enter:\r\n' +
  ' ~.  leaves the shell and ends its session\r\n' +
  ' ~?  shows this list\r\n' +
  ' ~~  types one ~\r\n'

/** What a person wants here. Each is called at once, also while the instance takes no keys. */
export interface EscapeActions {
  leave(): void
  list(): void
}

/** Takes escape sequences out of keys. Returns the function that is given all keys in order, and returns those to send. */
export function takeEscapes(actions: EscapeActions): (keys: Buffer) => Buffer {
  let isAfterEnter = true
  let isPending = false
  let hasLeft = false
  return (keys) => {
    const sent: number[] = []
    for (const key of keys) {
      // What was typed behind the leaving is for the local shell, which cannot get it back.
      if (hasLeft) break
      if (isPending) {
        isPending = false
        if (key === DOT) {
          hasLeft = true
          actions.leave()
          continue
        }
        if (key === QUESTION_MARK) {
          actions.list()
          continue
        }
        if (key !== TILDE) sent.push(TILDE)
      } else if (isAfterEnter && key === TILDE) {
        isPending = true
        continue
      }
      isAfterEnter = ENTERS.includes(key)
      sent.push(key)
    }
    return Buffer.from(sent)
  }
}
